/// Which names the shared library shows; all others stay hidden.
#pragma once

#if defined(RESEAU_STATIC)
#define RESEAU_API
#else
#define RESEAU_API __attribute__((visibility("default")))
#endif
