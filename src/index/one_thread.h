/// FAISS starts OpenMP threads inside a search. A host that searches from sixteen threads of its
/// own does not want sixteen times as many, so while one of these lives, the calling thread's
/// parallel regions run on the calling thread alone. Other threads are not touched.
#pragma once

namespace reseau::detail {

class OneThread {
 public:
  OneThread() noexcept;
  ~OneThread();
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

}  // namespace reseau::detail
