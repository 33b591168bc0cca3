#include "index/snapshot.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>

#include "core/files.h"

namespace reseau::detail {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the file is little-endian, and so are its structs in memory");

constexpr std::array<char, 8> kMagic = {'R', 'S', 'A', 'U', 'I', 'D', 'X', '\0'};
constexpr std::uint32_t kFormat = 3;
constexpr std::uint64_t kAlignment = 4096;

struct Header {
  std::array<char, 8> magic = kMagic;
  std::uint32_t format = kFormat;
  std::uint32_t algorithm = 0;
  std::uint32_t version = 0;
  std::uint32_t width = 0;
  SnapshotOwner owner{};
  std::uint64_t entries = 0;
  std::uint64_t blocks = 0;
  std::uint64_t directory_at = 0;
  std::array<std::uint8_t, 32> unused{};
  SnapshotDigest directory{};
};
static_assert(sizeof(Header) == kSnapshotHead);
static_assert(sizeof(SnapshotEntry) == 64);

// There is room for what sealing will need.
struct BlockHeader {
  std::uint32_t cipher = 0;  // 0: none
  std::uint32_t unused = 0;
  std::uint64_t payload = 0;
  std::array<std::uint8_t, 24> nonce{};
  std::array<std::uint8_t, 16> tag{};
  std::array<std::uint8_t, 8> unused_too{};
};
static_assert(sizeof(BlockHeader) == 64);

Header header_of(const SnapshotKind& kind) {
  Header header;
  header.algorithm = kind.algorithm;
  header.version = kind.version;
  header.width = kind.width;
  header.owner = kind.owner;
  return header;
}

template <typename Parts>
SnapshotDigest sha256(const Parts& parts) {
  SnapshotDigest digest{};
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  bool done = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  for (const auto& part : parts)
    done = done && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  if (!done || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1)
    throw Failure({Code::internal, "OpenSSL has no SHA-256; please report it"});
  return digest;
}

SnapshotDigest sha256(std::span<const std::uint8_t> bytes) { return sha256(std::array{bytes}); }

template <typename T>
std::span<const std::uint8_t> bytes_of(const T* values, std::size_t count) {
  return {reinterpret_cast<const std::uint8_t*>(values), count * sizeof(T)};
}

// Fuzzers would not come past digests, as others who can make them do.
bool fits(const SnapshotDigest& digest, const SnapshotDigest& expected) {
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  static_cast<void>(digest);
  static_cast<void>(expected);
  return true;
#else
  return digest == expected;
#endif
}

// `width`: of a row, which may take more.
bool makes_sense(const SnapshotEntry& entry, std::uint32_t width) {
  if (entry.bytes < sizeof(BlockHeader)) return false;
  if (entry.kind == SnapshotBlockKind::entries) {
    return entry.entries > 0 && entry.entries <= kChunk &&
           entry.bytes - sizeof(BlockHeader) >= entry.entries * (sizeof(Id) + width);
  }
  return entry.kind <= SnapshotBlockKind::attached && entry.entries == 0;
}

std::uint64_t aligned(std::uint64_t at) { return (at + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

SnapshotWriter::SnapshotWriter(std::string path, const SnapshotKind& kind)
    : path_(std::move(path)), part_(path_ + ".part"), kind_(kind), end_(sizeof(Header)) {
  // One that was left behind, by a process that was killed.
  overwrite_and_delete(part_, kSnapshotHead);
  file_ = open(part_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file_ < 0) fail(errno);
  // Whose it is: for who finds it, if this process is killed.
  const Header header = header_of(kind_);
  write(&header, sizeof header, 0);
}

SnapshotWriter::~SnapshotWriter() {
  if (file_ < 0) return;
  close(file_);
  overwrite_and_delete(part_, kSnapshotHead);
}

void SnapshotWriter::fail(int error) const {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  throw Failure({full ? Code::disk_full : Code::io_error,
                 path_ + " could not be written: " + system_message(error) +
                     (in_place_ ? "; the new file is there, but may not outlast a power cut"
                                : "; what was there before is untouched")});
}

void SnapshotWriter::write(const void* data, std::size_t size, std::uint64_t at) {
  const auto* from = static_cast<const std::uint8_t*>(data);
  while (size > 0) {
    const ssize_t written = pwrite(file_, from, size, static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(written < 0 ? errno : EIO);
    from += written;
    at += static_cast<std::uint64_t>(written);
    size -= static_cast<std::size_t>(written);
  }
}

void SnapshotWriter::add(std::span<const Id> ids,
                         std::span<const std::span<const std::uint8_t>> rows) {
  SnapshotEntry entry;
  entry.entries = ids.size();
  std::vector<std::span<const std::uint8_t>> parts = {bytes_of(ids.data(), ids.size())};
  parts.insert(parts.end(), rows.begin(), rows.end());
  add(entry, parts);
}

void SnapshotWriter::add(SnapshotBlockKind kind, std::span<const std::uint8_t> bytes) {
  SnapshotEntry entry;
  entry.kind = kind;
  add(entry, std::vector{bytes});
}

void SnapshotWriter::add(SnapshotEntry entry,
                         const std::vector<std::span<const std::uint8_t>>& parts) {
  BlockHeader header;
  for (const auto& part : parts) header.payload += part.size();
  std::vector<std::span<const std::uint8_t>> all = {bytes_of(&header, 1)};
  all.insert(all.end(), parts.begin(), parts.end());
  entry.at = aligned(end_);
  entry.bytes = sizeof header + header.payload;
  entry.digest = sha256(all);
  end_ = entry.at;
  for (const auto& part : all) {
    write(part.data(), part.size(), end_);
    end_ += part.size();
  }
  entries_ += entry.entries;
  directory_.push_back(entry);
}

SnapshotDigest SnapshotWriter::finish() {
  Header header = header_of(kind_);
  header.entries = entries_;
  header.blocks = directory_.size();
  header.directory_at = aligned(end_);
  const auto directory = bytes_of(directory_.data(), directory_.size());
  header.directory = sha256(directory);
  write(directory.data(), directory.size(), header.directory_at);
  write(&header, sizeof header, 0);
  if (fsync(file_) != 0) fail(errno);
  if (rename(part_.c_str(), path_.c_str()) != 0) fail(errno);
  in_place_ = true;
  close(std::exchange(file_, -1));
  if (const int error = sync_folder_of(path_); error != 0) fail(error);
  return sha256(bytes_of(&header, 1));
}

std::optional<SnapshotOwner> snapshot_owner(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) return std::nullopt;
  struct stat about {};
  Header header;
  constexpr ssize_t kEnough = offsetof(Header, owner) + sizeof header.owner;
  const bool told = fstat(file, &about) == 0 && S_ISREG(about.st_mode) &&
                    pread(file, &header, sizeof header, 0) >= kEnough;
  close(file);
  if (!told || header.magic != kMagic) return std::nullopt;
  return header.owner;
}

SnapshotReader::SnapshotReader(std::string path, const SnapshotKind& kind,
                               const SnapshotDigest& digest)
    : path_(std::move(path)), kind_(kind) {
  file_ = open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat about {};
  if (file_ < 0 || fstat(file_, &about) != 0 || !S_ISREG(about.st_mode)) {
    const int error = file_ < 0 ? errno : EINVAL;
    if (file_ >= 0) close(std::exchange(file_, -1));
    throw Failure({Code::io_error, path_ + " could not be read: " + system_message(error) +
                                       "; build the index again from its bank"});
  }
  try {
    Header header;
    read(&header, sizeof header, 0);
    if (header.magic != kMagic) damaged("it does not begin as one does");
    const SnapshotKind found{header.algorithm, header.version, header.width, header.owner};
    if (header.format != kFormat || found != kind) {
      throw Failure({Code::snapshot_foreign,
                     path_ + " is of another bank, of another kind of signature or of another "
                             "version; build the index again from its own bank"});
    }
    if (!fits(sha256(bytes_of(&header, 1)), digest))
      damaged("it is not the one that was saved last");
    const auto size = static_cast<std::uint64_t>(about.st_size);
    if (header.blocks > size / sizeof(SnapshotEntry)) damaged("it was cut short");
    directory_.resize(header.blocks);
    read(directory_.data(), directory_.size() * sizeof(SnapshotEntry), header.directory_at);
    if (!fits(sha256(bytes_of(directory_.data(), directory_.size())), header.directory))
      damaged("its directory was changed");
    // None takes more memory than the file has bytes, whatever it says.
    std::uint64_t left = size;
    for (const SnapshotEntry& entry : directory_) {
      if (!makes_sense(entry, kind_.width)) damaged("its directory makes no sense");
      if (entry.bytes > left) damaged("it was cut short");
      left -= entry.bytes;
    }
  } catch (...) {
    close(std::exchange(file_, -1));
    throw;
  }
}

SnapshotReader::~SnapshotReader() {
  if (file_ >= 0) close(file_);
}

void SnapshotReader::damaged(const std::string& what) const {
  throw Failure({Code::snapshot_damaged,
                 path_ + " cannot be trusted: " + what + "; build the index again from its bank"});
}

void SnapshotReader::read(void* data, std::size_t size, std::uint64_t at) const {
  auto* to = static_cast<std::uint8_t*>(data);
  while (size > 0) {
    const ssize_t got = pread(file_, to, size, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      throw Failure({Code::io_error, path_ + " could not be read: " + system_message(errno) +
                                         "; build the index again from its bank"});
    }
    if (got == 0) damaged("it was cut short");
    to += got;
    at += static_cast<std::uint64_t>(got);
    size -= static_cast<std::size_t>(got);
  }
}

void SnapshotReader::read(std::size_t block, std::span<Id> ids,
                          std::span<const std::span<std::uint8_t>> rows) const {
  std::vector<std::span<std::uint8_t>> parts = {
      {reinterpret_cast<std::uint8_t*>(ids.data()), ids.size_bytes()}};
  parts.insert(parts.end(), rows.begin(), rows.end());
  read(block, parts);
}

std::size_t SnapshotReader::bytes(std::size_t block) const {
  return directory_.at(block).bytes - sizeof(BlockHeader);
}

void SnapshotReader::read(std::size_t block, std::span<std::uint8_t> bytes) const {
  read(block, std::vector{bytes});
}

void SnapshotReader::read(std::size_t block,
                          const std::vector<std::span<std::uint8_t>>& parts) const {
  const SnapshotEntry& entry = directory_.at(block);
  BlockHeader header;
  read(&header, sizeof header, entry.at);
  std::vector<std::span<const std::uint8_t>> all = {bytes_of(&header, 1)};
  std::uint64_t at = entry.at + sizeof header;
  for (const auto& part : parts) {
    read(part.data(), part.size(), at);
    at += part.size();
    all.emplace_back(part);
  }
  if (!fits(sha256(all), entry.digest)) damaged("block " + std::to_string(block) + " was changed");
}

}  // namespace reseau::detail
