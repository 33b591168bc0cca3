/// What is compared: our index, and FAISS's own classes, behind one face.
#pragma once

#include <memory>
#include <string>

#include "index_data.h"

namespace reseau::bench {

class Peer {
 public:
  virtual ~Peer() = default;
  virtual void add(std::size_t first, const std::vector<Signature>& signatures) = 0;
  /// After the last addition.
  virtual void settle() {}
  /// One list a signature, sorted.
  virtual std::vector<std::vector<Hit>> find(const std::vector<Signature>& queries,
                                             MaxDistance limit) = 0;
};

/// `name`: reseau, reseau_ivf, faiss_flat, faiss_multihash (pdq only), faiss_ivf (grid only).
[[nodiscard]] std::unique_ptr<Peer> make_peer(const std::string& name, Algorithm algorithm);

/// Our index with all of `data` in it.
[[nodiscard]] Index indexed(const IndexData& data);

/// With all of `data` in it, and what that took.
struct Filled {
  std::unique_ptr<Peer> peer;
  double seconds = 0;          ///< without making the data up
  double bytes_per_entry = 0;  ///< by which the process has grown
};
[[nodiscard]] Filled filled(const std::string& name, const IndexData& data);

}  // namespace reseau::bench
