#include "input/pgbouncer/pooler_hba.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "text/display.hpp"

namespace pgleast {
namespace {

constexpr int deepest_name_file = 32;

bool is_pooler_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

struct PoolerToken {
  enum class Kind { word, quoted, comma, end } kind = Kind::end;
  std::string text;
  bool is(std::string_view keyword) const { return kind == Kind::word && text == keyword; }
  bool is_name() const { return kind == Kind::word || kind == Kind::quoted; }
};

/// Why a line is left out.
struct PassedOver {
  std::string why;
};

// A quote ends a word, a comma stands alone, `#` begins a comment anywhere but in quotes.
class PoolerLine {
 public:
  explicit PoolerLine(std::string_view text) : rest_(text.substr(0, text.find('\0'))) { next(); }

  const PoolerToken& token() const { return token_; }
  bool eat(PoolerToken::Kind kind) {
    if (token_.kind != kind) return false;
    next();
    return true;
  }
  bool eat(std::string_view keyword) {
    if (!token_.is(keyword)) return false;
    next();
    return true;
  }
  std::string take() {
    auto text = std::move(token_.text);
    next();
    return text;
  }

 private:
  void next() {
    while (!rest_.empty() && is_pooler_blank(rest_.front())) rest_.remove_prefix(1);
    token_ = {};
    if (rest_.empty() || rest_.front() == '#') return;
    if (rest_.front() == ',') {
      token_.kind = PoolerToken::Kind::comma;
      rest_.remove_prefix(1);
    } else if (rest_.front() == '"') {
      quoted();
    } else {
      const auto ends = [](char c) {
        return c == ',' || c == '#' || c == '"' || is_pooler_blank(c);
      };
      const auto end = std::find_if(rest_.begin() + 1, rest_.end(), ends);
      const auto length = static_cast<std::size_t>(end - rest_.begin());
      token_ = {PoolerToken::Kind::word, std::string(rest_.substr(0, length))};
      rest_.remove_prefix(length);
    }
  }

  void quoted() {
    token_.kind = PoolerToken::Kind::quoted;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"' && (i + 1 == rest_.size() || rest_[i + 1] != '"')) {
        rest_.remove_prefix(i + 1);
        return;
      }
      if (rest_[i] == '"') ++i;
      token_.text += rest_[i];
    }
    throw PassedOver{"a quote is not closed"};
  }

  std::string_view rest_;
  PoolerToken token_;
};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> result;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    result.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return result;
}

class PoolerHbaReader {
 public:
  PoolerHbaReader(const FileReader& files, std::string path)
      : files_(files), path_(std::move(path)) {}

  /// None for a line without a record; throws PassedOver.
  std::optional<PoolerRecord> record(std::string_view text) const {
    PoolerLine line(text);
    if (line.token().kind == PoolerToken::Kind::end) return std::nullopt;
    PoolerRecord record;
    record.type = type_of(line);
    names(line, record.databases, record.replication, path_, 0);
    bool nobody = false;  // `replication` is no user
    names(line, record.users, nobody, path_, 0);
    if (record.type != ConnectionType::local) address(line, record.address);
    method(line, record);
    return record;
  }

 private:
  static ConnectionType type_of(PoolerLine& line) {
    constexpr std::array types{ConnectionType::local, ConnectionType::host, ConnectionType::hostssl,
                               ConnectionType::hostnossl};
    for (const auto type : types) {
      if (line.eat(to_string(type))) return type;
    }
    throw PassedOver{fmt::format("unknown type `{}`", displayed(line.token().text))};
  }

  // Databases and users are read alike.
  void names(PoolerLine& line, PoolerNames& into, bool& replication, const std::string& file,
             int depth) const {
    do {
      const auto& token = line.token();
      if (line.eat("all")) {
        into.all = true;
      } else if (line.eat("sameuser")) {
        into.same = true;
      } else if (line.eat("replication")) {
        replication = true;
      } else if (!token.is_name()) {
        throw PassedOver{"a name is missing"};
      } else {
        name(line, into, replication, file, depth);
      }
    } while (line.eat(PoolerToken::Kind::comma));
  }

  void name(PoolerLine& line, PoolerNames& into, bool& replication, const std::string& file,
            int depth) const {
    const auto& token = line.token();
    const bool word = token.kind == PoolerToken::Kind::word;
    if (word &&
        (token.text.starts_with('+') || token.text == "samerole" || token.text == "samegroup")) {
      throw PassedOver{fmt::format("`{}` is not supported", displayed(token.text))};
    }
    auto text = line.take();
    if (!word || !text.starts_with('@')) {
      into.names.push_back(std::move(text));
      return;
    }
    const auto inner = beside(file, text.substr(1));
    const auto content = files_.read(inner);
    if (!content.text) throw PassedOver{fmt::format("{}: {}", displayed(inner), content.why)};
    if (depth >= deepest_name_file) throw PassedOver{"too many files include each other"};
    for (const auto inner_text : lines_of(*content.text)) {
      PoolerLine inner_line(inner_text);
      names(inner_line, into, replication, inner, depth + 1);
    }
  }

  static std::optional<std::vector<std::uint8_t>> bytes_of(const std::string& text) {
    std::vector<std::uint8_t> bytes(16);
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
    bytes.resize(4);
    if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return bytes;
    return std::nullopt;
  }

  static void address(PoolerLine& line, HbaAddress& into) {
    if (line.token().kind != PoolerToken::Kind::word) throw PassedOver{"the address is missing"};
    if (line.eat("all")) {
      into.kind = AddressKind::all;
      return;
    }
    const auto text = line.take();
    const auto slash = text.find('/');
    const auto bytes = bytes_of(text.substr(0, slash));
    if (!bytes) throw PassedOver{fmt::format("`{}` is no address", displayed(text))};
    into.kind = AddressKind::ip;
    into.address = *bytes;
    if (slash != std::string::npos) {
      into.mask = mask_of(text.substr(slash + 1), bytes->size());
    } else {
      const auto mask =
          line.token().kind == PoolerToken::Kind::word ? bytes_of(line.take()) : std::nullopt;
      if (!mask || mask->size() != bytes->size()) throw PassedOver{"the mask is missing"};
      into.mask = *mask;
    }
    // The server compares both under the mask, PgBouncer does not.
    for (std::size_t i = 0; i < bytes->size(); ++i) {
      if (((*bytes)[i] & ~into.mask[i] & 0xFF) == 0) continue;
      throw PassedOver{
          fmt::format("{} has bits outside its mask: it takes nobody", displayed(text))};
    }
  }

  static std::vector<std::uint8_t> mask_of(const std::string& digits, std::size_t bytes) {
    std::size_t bits = 0;
    for (const char c : digits) {
      if (c < '0' || c > '9' || bits > 128) throw PassedOver{"the mask is no number of bits"};
      bits = bits * 10 + static_cast<std::size_t>(c - '0');
    }
    if (bits > bytes * 8) throw PassedOver{"the mask is no number of bits"};
    std::vector<std::uint8_t> mask(bytes);
    for (std::size_t bit = 0; bit < bits; ++bit) {
      mask[bit / 8] = static_cast<std::uint8_t>(mask[bit / 8] | (0x80U >> (bit % 8)));
    }
    return mask;
  }

  static void method(PoolerLine& line, PoolerRecord& record) {
    constexpr std::array<std::string_view, 8> methods{
        "trust", "reject", "md5", "password", "peer", "cert", "scram-sha-256", "ldap"};
    for (const auto method : methods) {
      if (line.eat(method)) record.method = method;
      if (!record.method.empty()) break;
    }
    if (record.method.empty()) {
      throw PassedOver{fmt::format("unsupported method `{}`", displayed(line.token().text))};
    }
    if (record.method == "ldap") return;  // the rest is its options
    const bool maps = record.method == "peer" || record.method == "cert";
    if (maps && line.token().kind == PoolerToken::Kind::word &&
        line.token().text.starts_with("map=")) {
      record.map = line.take().substr(4);
    }
    if (line.token().kind != PoolerToken::Kind::end) {
      throw PassedOver{fmt::format("unsupported parameters `{}`", displayed(line.token().text))};
    }
  }

  const FileReader& files_;
  std::string path_;
};

template <typename TakeLine>
void each_pooler_line(const std::string& path, const std::string& text, Pooler& pooler,
                      const TakeLine& take) {
  std::uint32_t number = 0;
  for (const auto line : lines_of(text)) {
    ++number;
    try {
      take(line, number);
    } catch (const PassedOver& out) {
      pooler.passed_over.push_back(fmt::format("{}:{}: {}", displayed(path), number, out.why));
    }
  }
}

}  // namespace

void read_pooler_hba(const std::string& path, const FileReader& files, Pooler& pooler) {
  pooler.hba_file = path;
  const auto file = files.read(path);
  if (!file.text) {
    pooler.records_unseen = fmt::format("{}: {}", displayed(path), file.why);
    return;
  }
  const PoolerHbaReader reader(files, path);
  each_pooler_line(path, *file.text, pooler, [&](std::string_view text, std::uint32_t number) {
    if (auto record = reader.record(text)) {
      record->line = number;
      pooler.records.push_back(*std::move(record));
    }
  });
}

void read_pooler_ident(const std::string& path, const FileReader& files, Pooler& pooler) {
  const auto file = files.read(path);
  if (!file.text) {
    pooler.passed_over.push_back(fmt::format("{}: {}", displayed(path), file.why));
    return;
  }
  each_pooler_line(path, *file.text, pooler, [&](std::string_view text, std::uint32_t) {
    PoolerLine line(text);
    std::vector<std::string> words;
    while (line.token().is_name()) words.push_back(line.take());
    if (words.empty() && line.token().kind == PoolerToken::Kind::end) return;
    if (words.size() != 3 || line.token().kind != PoolerToken::Kind::end) {
      throw PassedOver{"expected a map, a name outside and a user"};
    }
    pooler.mappings.push_back({words[0], words[1], words[2]});
  });
}

}  // namespace pgleast
