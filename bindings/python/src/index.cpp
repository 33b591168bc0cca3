#include <reseau/index.h>

#include <pybind11/stl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "errors.h"
#include "gil.h"
#include "index_binding.h"
#include "signature.h"

namespace py = pybind11;

namespace reseau::python {
namespace {

using Ids = py::array_t<std::int64_t, py::array::c_style>;

/// An index stays in the process that made it: see bound_to_this_process.
struct IndexHandle {
  std::shared_ptr<Index> index;
  int process = ::getpid();

  [[nodiscard]] Index& get() const {
    if (::getpid() != process) {
      raise({Code::invalid_argument,
             "an index does not go with a forked process; save it and load it there"});
    }
    return *index;
  }
};

std::span<const std::int64_t> span_of(const Ids& ids) {
  if (ids.ndim() != 1) throw py::value_error("ids are an array of one dimension");
  return {ids.data(), static_cast<std::size_t>(ids.size())};
}

void done(const Status& status) { (void)value_of(Status(status)); }

/// ids and signatures, as many of the one as of the other.
template <typename Call>
void change(const IndexHandle& handle, const Ids& ids, const Rows& rows, const Call& call) {
  Index& index = handle.get();
  const std::vector<Signature> signatures = signatures_of(rows, index.algorithm());
  const auto places = span_of(ids);
  if (places.size() != signatures.size()) {
    throw py::value_error(std::to_string(places.size()) + " ids for " +
                          std::to_string(signatures.size()) + " signatures");
  }
  done(unlocked([&] { return call(index, places, signatures); }));
}

/// Lists of hits, laid end to end: (ids, distances, offsets), query i from offsets[i] to
/// offsets[i + 1].
py::tuple flat(const std::vector<std::vector<Hit>>& lists) {
  std::size_t total = 0;
  for (const auto& hits : lists) total += hits.size();
  Ids ids(static_cast<py::ssize_t>(total));
  py::array_t<std::int32_t> distances(static_cast<py::ssize_t>(total));
  Ids offsets(static_cast<py::ssize_t>(lists.size() + 1));
  std::int64_t* id = ids.mutable_data();
  std::int32_t* distance = distances.mutable_data();
  std::int64_t* offset = offsets.mutable_data();
  std::int64_t at = 0;
  *offset++ = 0;
  for (const auto& hits : lists) {
    for (const Hit& hit : hits) {
      *id++ = hit.id;
      *distance++ = hit.distance;
    }
    at += static_cast<std::int64_t>(hits.size());
    *offset++ = at;
  }
  return py::make_tuple(ids, distances, offsets);
}

template <typename Search>
py::tuple search(const IndexHandle& handle, const Rows& queries, const Search& how) {
  const Index& index = handle.get();
  const std::vector<Signature> wanted = signatures_of(queries, index.algorithm());
  return flat(value_of(unlocked([&] { return how(index, wanted); })));
}

SnapshotOwner owner_of(const std::string& bytes) {
  SnapshotOwner owner{};
  if (bytes.size() > owner.size()) throw py::value_error("an owner has at most 16 bytes");
  std::copy(bytes.begin(), bytes.end(), owner.begin());
  return owner;
}

py::bytes save(const IndexHandle& handle, const std::string& path, const std::string& owner) {
  const Index& index = handle.get();
  const SnapshotOwner whose = owner_of(owner);
  const SnapshotDigest digest =
      value_of(unlocked([&] { return index.save(path, whose); }), path, About::other);
  return std::string(digest.begin(), digest.end());
}

IndexHandle made(Index index) {
  return {bound_to_this_process(std::make_unique<Index>(std::move(index)))};
}

IndexHandle load(const std::string& path, const std::string& kind, const std::string& digest,
                 const std::string& owner, int threads, const std::string& search) {
  const Algorithm algorithm = algorithm_of(kind);
  const IndexKind searched = search_named(search);
  const SnapshotOwner whose = owner_of(owner);
  SnapshotDigest wanted{};
  if (digest.size() != wanted.size()) throw py::value_error("a digest has 32 bytes");
  std::copy(digest.begin(), digest.end(), wanted.begin());
  return made(value_of(
      unlocked([&] { return Index::load(path, algorithm, wanted, whose, threads, searched); }),
      path, About::other));
}

}  // namespace

void bind_index(py::module_& module) {
  py::class_<IndexHandle>(module, "Index")
      .def(py::init([](const std::string& kind, const std::string& search) {
        return made(Index(algorithm_of(kind), search_named(search)));
      }))
      .def_static("load", &load)
      .def("kind", [](const IndexHandle& i) { return std::string(name(i.get().algorithm())); })
      .def("search", [](const IndexHandle& i) { return std::string(name(i.get().kind())); })
      .def("recall",
           [](const IndexHandle& handle, int limit, std::size_t sample) {
             const Index& index = handle.get();
             return value_of(unlocked([&] { return index.recall(MaxDistance{limit}, sample); }));
           })
      .def("size", [](const IndexHandle& i) { return i.get().size(); })
      .def("nbytes", [](const IndexHandle& i) { return i.get().bytes(); })
      .def("add",
           [](const IndexHandle& handle, const Ids& ids, const Rows& rows) {
             change(handle, ids, rows,
                    [](Index& index, const auto& places, const auto& signatures) {
                      return index.add(places, signatures);
                    });
           })
      .def("replace",
           [](const IndexHandle& handle, const Ids& ids, const Rows& rows) {
             change(handle, ids, rows,
                    [](Index& index, const auto& places, const auto& signatures) {
                      return index.replace(places, signatures);
                    });
           })
      .def("remove",
           [](const IndexHandle& handle, const Ids& ids) {
             Index& index = handle.get();
             const auto places = span_of(ids);
             done(unlocked([&] { return index.remove(places); }));
           })
      .def("settle",
           [](const IndexHandle& handle) {
             Index& index = handle.get();
             done(unlocked([&] { return index.settle(); }));
           })
      .def("within",
           [](const IndexHandle& handle, const Rows& queries, int limit, int threads) {
             return search(handle, queries, [&](const Index& index, const auto& wanted) {
               return index.within(wanted, MaxDistance{limit}, threads);
             });
           })
      .def("nearest",
           [](const IndexHandle& handle, const Rows& queries, std::size_t k, int limit,
              int threads) {
             return search(handle, queries, [&](const Index& index, const auto& wanted) {
               return index.nearest(wanted, k, MaxDistance{limit}, threads);
             });
           })
      .def("save", &save);
}

}  // namespace reseau::python
