#include "evaluate/kept_films.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <reseau/result.h>

namespace reseau::evaluation {

KeptFilms::KeptFilms(std::string folder) : folder_(std::move(folder)) {
  if (!wanted()) return;
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) throw Failure({Code::io_error, folder_ + ": cannot be made: " + error.message()});
}

void KeptFilms::keep(std::size_t number, Bytes file, Json what) {
  if (!wanted()) return;
  std::string digits = std::to_string(number + 1);
  digits.insert(0, 4 - std::min<std::size_t>(4, digits.size()), '0');
  const std::string name = digits + ".mp4";
  write(name, file);
  what["film"] = name;
  const std::lock_guard lock(mutex_);
  if (lines_.size() <= number) lines_.resize(number + 1);
  lines_[number] = std::move(what);
}

void KeptFilms::list() const {
  if (!wanted()) return;
  std::string text;
  for (const Json& line : lines_)
    text += line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
  write("films.jsonl", Bytes(text));
}

void KeptFilms::write(const std::string& name, Bytes bytes) const {
  const std::string path = folder_ + '/' + name;
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  if (file.flush()) return;
  const bool full = errno == ENOSPC;
  throw Failure({full ? Code::disk_full : Code::io_error,
                 path + (full ? ": the disk is full" : ": cannot be written")});
}

}  // namespace reseau::evaluation
