# OpenCV for what makes pictures here (examples, benchmarks, tests), as the target reseau_opencv.
# The library itself needs none of it.
#
# Debian's CMake package of OpenCV comes with libopencv-dev, which installs 142 packages more; the
# single -dev packages bring libraries and headers only, so these are looked up by name.

if(NOT TARGET reseau_opencv)
  find_path(OPENCV_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
  add_library(reseau_opencv INTERFACE)
  target_include_directories(reseau_opencv SYSTEM INTERFACE ${OPENCV_INCLUDE_DIR})
  foreach(part core imgproc imgcodecs)
    find_library(OPENCV_${part}_LIBRARY opencv_${part} REQUIRED)
    target_link_libraries(reseau_opencv INTERFACE ${OPENCV_${part}_LIBRARY})
  endforeach()
endif()
