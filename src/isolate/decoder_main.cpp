// The program that the library starts to decode in. Not for people to run.
#include "isolate/worker.h"
#include "isolate/zygote.h"

int main() { return reseau::detail::serve_as_zygote(&reseau::detail::work); }
