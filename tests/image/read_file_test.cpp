#include <reseau/image.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "support/temp_dir.h"

using namespace reseau;
namespace fs = std::filesystem;

namespace {

Error refused(const std::string& path, const Limits& limits = {}) {
  const auto start = std::chrono::steady_clock::now();
  const auto result = read_file(path, limits);
  REQUIRE(std::chrono::steady_clock::now() - start < std::chrono::milliseconds(500));
  REQUIRE_FALSE(result);
  return result.error();
}

}  // namespace

TEST_CASE("What is not a regular file is refused at once: nobody waits for a FIFO's writer") {
  const test::TempDir folder;
  REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  REQUIRE(refused(folder / "fifo").code == Code::policy_filetype);
  REQUIRE(refused(folder / "fifo").message == "it is a FIFO, and only regular files are read");
  REQUIRE(refused(folder.path().string()).message ==
          "it is a directory, and only regular files are read");
  REQUIRE(refused("/dev/zero").code == Code::policy_filetype);

  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (folder / "socket").c_str(), sizeof address.sun_path - 1);
  REQUIRE(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(refused(folder / "socket").code == Code::policy_filetype);
  close(listener);
}

TEST_CASE("A file that cannot be opened says why, in the system's words") {
  const test::TempDir folder;
  REQUIRE(refused(folder / "missing").code == Code::io_error);
  REQUIRE(refused(folder / "missing").message == "it cannot be opened: No such file or directory");
  REQUIRE(refused(std::string("a\0b", 3)).code == Code::io_error);
  REQUIRE(refused("").code == Code::io_error);
  fs::create_symlink(folder / "loop", folder / "loop");
  REQUIRE(refused(folder / "loop").code == Code::io_error);
}

TEST_CASE("A file is read whole, through links too, whatever its size") {
  const test::TempDir folder;
  for (const std::size_t size : {0U, 1U, 4096U, 3'000'000U}) {
    std::string content(size, 'a');
    for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 31 / 7);
    std::ofstream(folder / "file", std::ios::binary) << content;
    fs::remove(folder / "link");
    fs::create_symlink(folder / "file", folder / "link");
    const auto bytes = read_file(folder / "link");
    REQUIRE(bytes);
    REQUIRE(std::string(bytes->begin(), bytes->end()) == content);
  }
  // Files of the kernel say that they are of no size, and are not empty.
  REQUIRE(read_file("/proc/self/status").value().size() > 100);
}

TEST_CASE("A sparse file that claims a terabyte is refused without being read") {
  const test::TempDir folder;
  std::ofstream(folder / "sparse") << "x";
  REQUIRE(truncate((folder / "sparse").c_str(), off_t{1} << 40) == 0);
  REQUIRE(refused(folder / "sparse").code == Code::limit_bytes);
  Limits limits;
  limits.max_bytes = 10;
  std::ofstream(folder / "ten") << "0123456789";
  std::ofstream(folder / "eleven") << "0123456789A";
  REQUIRE(read_file(folder / "ten", limits));
  REQUIRE(refused(folder / "eleven", limits).message ==
          "it is 11 bytes, over the limit of 10; raise it with --max-bytes if the file is trusted");
  // A file that turns out longer than it said.
  REQUIRE(refused("/proc/self/status", limits).code == Code::limit_bytes);
}

TEST_CASE("Looking at a file leaves its time of last access alone: it is evidence") {
  const test::TempDir folder;
  std::ofstream(folder / "file") << "evidence";
  // Older than the last change.
  const std::array<timespec, 2> old = {{{1'000'000'000, 0}, {2'000'000'000, 0}}};
  REQUIRE(utimensat(AT_FDCWD, (folder / "file").c_str(), old.data(), 0) == 0);
  REQUIRE(read_file(folder / "file"));
  struct stat status = {};
  REQUIRE(stat((folder / "file").c_str(), &status) == 0);
  REQUIRE(status.st_atim.tv_sec == 1'000'000'000);
}
