// Decoding in workers. The harm: one upload that takes the process, or everybody's answers, with
// it.
#include <reseau/examine.h>
#include <reseau/isolate.h>
#include <catch2/catch.hpp>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "image/make.h"

using namespace reseau;

namespace {

IsolationOptions options(int workers = 1) {
  IsolationOptions options;
  options.workers = workers;
  options.decoder = RESEAU_DECODER;
  return options;
}

std::unique_ptr<DecoderPool> pool_of(const IsolationOptions& how) {
  auto pool = DecoderPool::start(how);
  if (!pool) FAIL(pool.error().message);
  return *std::move(pool);
}

struct Seen {
  std::vector<Decoded> pictures;
  Result<Walked> end = Error{};
};

Seen look(PictureDecoder& decoder, const make::File& file, const Limits& limits = {}) {
  Seen seen;
  seen.end = decoder.each(Bytes(file), limits, [&seen](Decoded&& picture) {
    seen.pictures.push_back(std::move(picture));
    return true;
  });
  return seen;
}

bool same(const Image& a, const Image& b) {
  if (a.width() != b.width() || a.height() != b.height() || a.layout() != b.layout()) return false;
  return std::memcmp(a.row(0), b.row(0),
                     bytes_per_pixel(a.layout()) * static_cast<std::size_t>(a.width()) *
                         static_cast<std::size_t>(a.height())) == 0;
}

bool same(const Seen& a, const Seen& b) {
  if (a.pictures.size() != b.pictures.size() || a.end.ok() != b.end.ok()) return false;
  for (std::size_t i = 0; i < a.pictures.size(); ++i) {
    const Decoded& one = a.pictures[i];
    const Decoded& other = b.pictures[i];
    if (!same(one.image, other.image) || one.part != other.part || one.frames != other.frames ||
        one.completeness != other.completeness || one.shown_for != other.shown_for ||
        one.format.name != other.format.name)
      return false;
  }
  if (!a.end) {
    return a.end.error().code == b.end.error().code &&
           a.end.error().message == b.end.error().message;
  }
  return a.end->pictures == b.end->pictures && a.end->frames == b.end->frames &&
         a.end->videos == b.end->videos && a.end->stopped.has_value() == b.end->stopped.has_value();
}

/// Before a picture came, or after.
bool died(const Result<Walked>& end) {
  if (!end) return end.error().code == Code::worker_crashed;
  return end->stopped && end->stopped->code == Code::worker_crashed;
}

int parent_of(int pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(stat, text);
  std::istringstream rest(text.substr(text.rfind(')') + 1));
  std::string state;
  int parent = 0;
  rest >> state >> parent;
  return parent;
}

}  // namespace

TEST_CASE("A picture decoded in a worker is the picture, and a failure the failure") {
  const auto pool = pool_of(options());
  for (const auto& [format, file] : make::samples(60, 80)) {
    for (const std::size_t percent : {100U, 97U, 60U, 30U, 3U}) {
      CAPTURE(format, percent);
      const make::File part(
          file.begin(), file.begin() + static_cast<std::ptrdiff_t>(file.size() * percent / 100));
      CHECK(same(look(*pool, part), look(decoder_in_process(), part)));
    }
  }
  make::File both = make::jpeg(make::scene(60, 40));
  const make::File hidden = make::gif(make::scene(30, 20, 1), {.frames = 3});
  both.insert(both.end(), hidden.begin(), hidden.end());
  CHECK(same(look(*pool, both), look(decoder_in_process(), both)));
  Limits tight;
  tight.max_pixels = 1000;
  tight.max_bytes = 4000;
  for (const auto& [format, file] : make::claims(60'000, 60'000)) {
    CAPTURE(format);
    CHECK(same(look(*pool, file, tight), look(decoder_in_process(), file, tight)));
  }
  CHECK(same(look(*pool, {}), look(decoder_in_process(), {})));
  CHECK(pool->replaced() == 0);
}

TEST_CASE("A visitor who has seen enough gets no more, and the worker is free for the next") {
  const auto pool = pool_of(options());
  const make::File pages = make::tiff(make::scene(30, 20), {.pages = 5});
  for (int most = 1; most <= 3; ++most) {
    int seen = 0;
    const auto end = pool->each(Bytes(pages), {}, [&](Decoded&&) { return ++seen < most; });
    CHECK(seen == most);
    CHECK(end->pictures == most);
    CHECK_FALSE(end->stopped);
  }
  CHECK(pool->replaced() == 0);
}

TEST_CASE("A visitor who throws does not have the next file answered for the one it threw at") {
  const auto pool = pool_of(options());
  const make::File pages = make::tiff(make::scene(40, 30), {.pages = 3});
  const make::File nothing = {'n', 'o', ' ', 'p', 'i', 'c', 't', 'u', 'r', 'e'};
  struct Enough {};
  const auto thrower = [](Decoded&&) -> bool { throw Enough{}; };
  for (int round = 0; round < 2; ++round) {
    CHECK_THROWS_AS(pool->each(Bytes(pages), {}, thrower), Enough);
    CHECK(same(look(*pool, nothing), look(decoder_in_process(), nothing)));
    CHECK_THROWS_AS(pool->each(Bytes(pages), {}, thrower), Enough);
    CHECK(same(look(*pool, pages), look(decoder_in_process(), pages)));
  }
}

TEST_CASE("A worker that is killed costs its file an answer, and nobody else anything") {
  const auto pool = pool_of(options(2));
  const make::File file = make::png(make::scene(700, 500));
  const Seen expected = look(decoder_in_process(), file);
  std::atomic<int> right = 0;
  std::atomic<int> crashed = 0;
  std::atomic<bool> over = false;
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      while (!over) {
        const Seen seen = look(*pool, file);
        if (same(seen, expected)) {
          ++right;
        } else if (died(seen.end)) {
          ++crashed;
        } else {
          over = true;
        }
      }
    });
  }
  for (int kills = 0; kills < 20; ++kills) {
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
    const std::vector<int> workers = pool->process_ids();
    kill(workers[static_cast<std::size_t>(kills) % workers.size()], SIGKILL);
  }
  // However busy the machine is.
  for (int i = 0; i < 3000 && right == 0 && !over; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK_FALSE(over);
  over = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(right > 0);
  CHECK(pool->replaced() > 0);
  CHECK(same(look(*pool, file), expected));
}

TEST_CASE("A pool of which every process was killed goes on with new ones") {
  const auto pool = pool_of(options());
  const make::File file = make::jpeg(make::scene(60, 40));
  REQUIRE(look(*pool, file).end);
  const int worker = pool->process_ids()[0];
  REQUIRE(kill(parent_of(worker), SIGKILL) == 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(look(*pool, file).end);
  CHECK(pool->process_ids()[0] != worker);
}

TEST_CASE("A pool of which the starter of workers stands still goes on with another") {
  const auto pool = pool_of(options());
  const make::File file = make::png(make::scene(30, 20));
  const int worker = pool->process_ids().front();
  REQUIRE(::kill(parent_of(worker), SIGSTOP) == 0);
  REQUIRE(::kill(worker, SIGKILL) == 0);
  const Seen first = look(*pool, file);  // it may have been the worker's last
  CHECK((first.end || died(first.end)));
  CHECK(look(*pool, file).end);
}

TEST_CASE("What takes too long ends, and says by which limit") {
  const make::File file = make::png(make::scene(2500, 2000));
  IsolationOptions brief = options();
  brief.max_cpu = std::chrono::milliseconds(1);
  CHECK(look(*pool_of(brief), file).end.error().code == Code::limit_cpu);

  IsolationOptions short_wall = options();
  short_wall.max_wall = std::chrono::milliseconds(200);
  const auto pool = pool_of(short_wall);
  kill(pool->process_ids()[0], SIGSTOP);
  CHECK(look(*pool, make::jpeg(make::scene(60, 40))).end.error().code == Code::limit_wall);
  CHECK(look(*pool, make::jpeg(make::scene(60, 40))).end);
}

#ifndef RESEAU_SANITIZED
TEST_CASE("What takes too much memory ends without taking it") {
  IsolationOptions small = options();
  small.max_memory = 1 << 20;
  Limits loose;
  loose.max_pixels = 1ULL << 32;
  loose.max_ratio = 1ULL << 32;
  const auto pool = pool_of(small);
  for (const auto& [format, file] : make::claims(30'000, 30'000)) {
    CAPTURE(format);
    const auto end = look(*pool, file, loose).end;
    REQUIRE_FALSE(end);
    CHECK((end.error().code == Code::limit_memory || end.error().code == Code::corrupt));
  }
  CHECK(look(*pool, make::jpeg(make::scene(60, 40))).end);
}
#endif

TEST_CASE("A worker holds nothing open but what it works with") {
  const auto pool = pool_of(options());
  std::vector<std::string> open;
  std::error_code error;
  const auto folder = "/proc/" + std::to_string(pool->process_ids()[0]) + "/fd";
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    open.push_back(entry.path().filename());
  if (error) return;  // only root may look
  std::sort(open.begin(), open.end());
  CHECK(open == std::vector<std::string>{"0", "1", "2", "3", "4", "5"});
}

TEST_CASE("Workers that nobody needs are not started, whatever the pool may have") {
  const auto pool = pool_of(options(1000));
  const make::File file = make::jpeg(make::scene(60, 40));
  REQUIRE(look(*pool, file).end);
  CHECK(pool->process_ids().size() == 1);
  REQUIRE(pool->each(Bytes(file), {}, [&](Decoded&&) {
    CHECK(look(*pool, file).end);  // while the other has not ended
    return true;
  }));
  CHECK(pool->process_ids().size() == 2);
}

TEST_CASE("The record says under what a picture was decoded") {
  const make::File file = make::jpeg(make::scene(60, 40));
  const auto pool = pool_of(options());
  const auto confined = examine_all(Bytes(file), {.limits = {}, .decoder = pool.get()});
  CHECK(confined[0].isolation == pool->isolation());
  CHECK(confined[0].isolation.starts_with("worker+no_new_privs+seccomp"));
  const auto plain = examine_all(Bytes(file));
  CHECK(plain[0].isolation == "none");
  CHECK(confined[0].grid == plain[0].grid);
  CHECK(confined[0].pdq() == plain[0].pdq());
}

TEST_CASE("A decoder that is not there, or not ours, is told of at once") {
  IsolationOptions wrong = options();
  for (const char* program : {"/nowhere/reseau-decoder", "/bin/true"}) {
    wrong.decoder = program;
    const auto pool = DecoderPool::start(wrong);
    REQUIRE_FALSE(pool);
    CHECK(pool.error().code == Code::isolation_missing);
    CHECK(pool.error().message.find(program) != std::string::npos);
  }
}

TEST_CASE("A pool that crossed a fork refuses, rather than mix two processes' pictures") {
  const auto pool = pool_of(options());
  const make::File file = make::jpeg(make::scene(60, 40));
  const pid_t child = fork();
  if (child == 0) {
    const auto end = look(*pool, file).end;
    _exit(!end && end.error().code == Code::isolation_missing ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  CHECK(look(*pool, file).end);
}
