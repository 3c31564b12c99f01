# comment
locals { net = "10.0.0.0/8" /* x */ }
resource "aws_db_instance" "a" {
  engine = "postgres" // y
  list   = ["a", "${var.b["c"]}", { k = 1, "l" : [for x in y : x] }]
  text   = <<-END
    host ${local.net}
    END
  f      = jsonencode({ a = <<E
}
E
  })
  dynamic "parameter" {
    for_each = toset(["x"])
    content { name = parameter.value }
  }
  lifecycle { ignore_changes = [name] }
}
