#include "bank.h"

#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include <reseau/view.h>

#include "errors.h"
#include "gil.h"
#include "signature.h"

namespace py = pybind11;

namespace reseau::python {
namespace {

using Handle = std::shared_ptr<BankHandle>;

[[noreturn]] void raise_closed(const std::string& why, const std::string& path) {
  const py::object made =
      py::module_::import("reseau._errors").attr("ClosedError")("closed", why, system_text(path));
  PyErr_SetObject(py::type::handle_of(made).ptr(), made.ptr());
  throw py::error_already_set();
}

/// Opens without the lock, and raises with it.
template <typename Make>
Handle handle(const std::string& path, const Make& make) {
  Result<Bank> made = unlocked(make);
  auto bank = std::make_unique<Bank>(value_of(std::move(made), path));
  return std::make_shared<BankHandle>(bound_to_this_process(std::move(bank)), path);
}

/// What `call` gives of the bank, called without the lock. The last reference is let go of there
/// too, since closing takes its time.
template <typename Call>
auto ask(const BankHandle& handle, const Call& call) {
  std::shared_ptr<Bank> bank = handle.get();
  auto result = unlocked([&] {
    auto made = call(*bank);
    bank.reset();
    return made;
  });
  return value_of(std::move(result), handle.path());
}

py::list add(BankHandle& handle, const std::vector<std::shared_ptr<NamedSignature>>& signatures,
             const std::vector<std::string>& labels) {
  std::vector<EntryData> entries;
  entries.reserve(signatures.size());
  for (const auto& signature : signatures) {
    entries.push_back(signature->examined.entry_data());
    const std::string part = describe(signature->examined.part);
    entries.back().origin = signature->name + (part.empty() ? "" : " (" + part + ')');
    entries.back().labels = labels;
  }
  py::list rows;
  for (const Added& added : ask(handle, [&](Bank& bank) { return bank.add(entries); }))
    rows.append(py::make_tuple(added.id, added.existing));
  return rows;
}

template <std::size_t N>
std::optional<std::array<std::uint8_t, N>> digest_of(const py::dict& row, const char* name) {
  if (!row.contains(name)) return std::nullopt;
  const auto bytes = row[name].cast<std::string>();
  if (bytes.size() != N) {
    throw py::value_error(std::string(name) + " has " + std::to_string(N) + " bytes, not " +
                          std::to_string(bytes.size()));
  }
  std::array<std::uint8_t, N> digest{};
  std::memcpy(digest.data(), bytes.data(), N);
  return digest;
}

std::optional<Signature> signature_of(const py::dict& row, const char* name) {
  if (!row.contains(name)) return std::nullopt;
  return value_of(Signature::from_bytes(algorithm_of(name), Bytes(row[name].cast<std::string>())));
}

/// Rows are dicts of bytes: grid, pdq, sha256, sha1, md5; and of video, origin and labels.
py::list add_hashes(BankHandle& handle, const std::vector<py::dict>& rows) {
  std::vector<EntryData> entries;
  for (const py::dict& row : rows) {
    EntryData& entry = entries.emplace_back();
    entry.grid = signature_of(row, "grid");
    entry.pdq = signature_of(row, "pdq");
    entry.sha256 = digest_of<32>(row, "sha256");
    entry.sha1 = digest_of<20>(row, "sha1");
    entry.md5 = digest_of<16>(row, "md5");
    if (row.contains("video")) entry.video = row["video"].cast<const VideoSignature&>();
    if (row.contains("origin")) entry.origin = row["origin"].cast<std::string>();
    if (row.contains("labels")) entry.labels = row["labels"].cast<std::vector<std::string>>();
  }
  py::list added;
  for (const Added& one : ask(handle, [&](Bank& bank) { return bank.add(entries); }))
    added.append(py::make_tuple(one.id, one.existing));
  return added;
}

py::object hex_or_none(const auto& digest) {
  return digest ? py::object(py::str(to_hex(Bytes(*digest)))) : py::object(py::none());
}

py::object bytes_or_none(const std::optional<Signature>& signature) {
  if (!signature) return py::none();
  const Bytes bytes = signature->bytes();
  return py::bytes(static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size());
}

/// The fields of reseau.Entry, in their order.
py::tuple row_of(const Entry& entry) {
  const EntryData& data = entry.data;
  py::list labels;
  for (const std::string& label : data.labels) labels.append(system_text(label));
  return py::make_tuple(entry.id, entry.added, system_text(data.origin), py::tuple(labels),
                        bytes_or_none(data.grid), bytes_or_none(data.pdq), data.quality,
                        data.pdq_quality, hex_or_none(data.sha256), hex_or_none(data.sha1),
                        hex_or_none(data.md5), data.width, data.height, data.bytes,
                        data.windows.size() + (data.trimmed ? 1 : 0),
                        data.video ? py::cast(std::make_shared<VideoSignature>(*data.video))
                                   : py::object(py::none()));
}

/// As many as `count` entries with ids over `after`: reading may take place between other calls.
py::list entries(const BankHandle& handle, EntryId after, std::size_t count) {
  std::vector<Entry> found;
  (void)ask(handle, [&](Bank& bank) {
    return bank.each(
        [&](const Entry& entry) {
          found.push_back(entry);
          return found.size() < count;
        },
        after + 1);
  });
  py::list rows;
  for (const Entry& entry : found) rows.append(row_of(entry));
  return rows;
}

py::dict info(const BankHandle& handle) {
  const BankInfo info = ask(handle, [](Bank& bank) { return bank.info(); });
  py::dict result;
  result["path"] = system_text(info.path);
  result["id"] = info.id;
  result["created"] = info.created;
  result["format"] = info.format;
  result["level"] = py::str(std::string(name(info.level)));
  result["search"] = py::str(std::string(name(info.kind)));
  result["entries"] = info.entries;
  result["with_grid"] = info.with_grid;
  result["windows"] = info.windows;
  result["with_pdq"] = info.with_pdq;
  result["videos"] = info.videos;
  result["frames"] = info.frames;
  result["file_bytes"] = info.file_bytes;
  result["saved"] = info.saved;
  return result;
}

py::tuple verify(const std::string& path) {
  const VerifyReport report = value_of(unlocked([&] { return Bank::verify(path); }), path);
  py::list problems;
  for (const std::string& problem : report.problems) problems.append(system_text(problem));
  return py::make_tuple(report.entries, problems);
}

}  // namespace

std::shared_ptr<Bank> BankHandle::get() const {
  if (::getpid() != process_)
    raise_closed("a bank does not go with a forked process; open it anew there", path_);
  if (!bank_) raise_closed("the bank is closed", path_);
  return bank_;
}

void bind_bank(py::module_& module) {
  py::class_<BankHandle, Handle>(module, "Bank")
      .def_static("create",
                  [](const std::string& path, const std::string& level, const std::string& search) {
                    const Level windows = level_named(level);
                    const IndexKind kind = search_named(search);
                    return handle(path, [&] { return Bank::create(path, windows, kind); });
                  })
      .def_static("open",
                  [](const std::string& path, bool write) {
                    const auto mode = write ? Bank::Mode::write : Bank::Mode::read;
                    return handle(path, [&] { return Bank::open(path, mode); });
                  })
      .def_static("verify", &verify)
      .def("close", &BankHandle::close)
      .def("closed", &BankHandle::closed)
      .def("path", [](const BankHandle& bank) { return system_text(bank.path()); })
      .def("size", [](const BankHandle& bank) { return bank.get()->size(); })
      .def("level", [](const BankHandle& bank) { return std::string(name(bank.get()->level())); })
      .def("info", &info)
      .def("add", &add)
      .def("add_hashes", &add_hashes)
      .def("knows",
           [](const BankHandle& handle, const NamedSignature& signature) {
             const auto& digests = signature.examined.digests;
             if (!digests) return false;
             const auto hits = ask(handle, [&](Bank& bank) { return bank.find(*digests); });
             return std::any_of(hits.begin(), hits.end(), [](const auto& hit) {
               return hit.kind == Bank::DigestKind::sha256;
             });
           })
      .def("remove",
           [](BankHandle& handle, const std::vector<EntryId>& ids) {
             (void)ask(handle, [&](Bank& bank) { return bank.remove(ids); });
           })
      .def("get",
           [](const BankHandle& handle, EntryId id) {
             return row_of(ask(handle, [&](Bank& bank) { return bank.get(id); }));
           })
      .def("entries", &entries)
      .def("refresh",
           [](BankHandle& handle) { (void)ask(handle, [](Bank& bank) { return bank.refresh(); }); })
      .def("save_index", [](BankHandle& handle) {
        (void)ask(handle, [](Bank& bank) { return bank.save_index(); });
      });
}

}  // namespace reseau::python
