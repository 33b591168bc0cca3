# OpenCV, for what makes pictures (evaluate, examples, benchmarks, tests), as the targets
# reseau_opencv (core, imgproc, img_hash) and reseau_opencv_files (and imgcodecs). libreseau itself
# needs none of it.
#
# imgcodecs is kept out of what is installed: Debian's brings 120 libraries along (GDAL, poppler,
# curl), which every start of the program would load. Looked up by name, so that the single -dev
# packages do as well as all of OpenCV.

if(NOT TARGET reseau_opencv)
  find_path(OPENCV_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
  add_library(reseau_opencv INTERFACE)
  add_library(reseau_opencv_files INTERFACE)
  target_include_directories(reseau_opencv SYSTEM INTERFACE ${OPENCV_INCLUDE_DIR})
  target_link_libraries(reseau_opencv_files INTERFACE reseau_opencv)
  foreach(part core imgproc img_hash imgcodecs)
    find_library(OPENCV_${part}_LIBRARY opencv_${part} REQUIRED)
    set(into reseau_opencv)
    if(part STREQUAL imgcodecs)
      set(into reseau_opencv_files)
    endif()
    target_link_libraries(${into} INTERFACE ${OPENCV_${part}_LIBRARY})
  endforeach()
endif()
