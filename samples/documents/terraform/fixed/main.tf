resource "google_sql_database_instance" "shop" {
  database_version = "POSTGRES_16"
  settings {
    ip_configuration {
      ssl_mode = "ENCRYPTED_ONLY"
      authorized_networks {
        name  = "office"
        value = "192.0.2.0/24"
      }
    }
  }
}
