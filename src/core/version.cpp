#include <reseau/version.h>

#include "version_number.h"

namespace reseau {

std::string_view version() { return RESEAU_VERSION; }

}  // namespace reseau
