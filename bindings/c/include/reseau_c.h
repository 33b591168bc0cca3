/* Reseau for C, and for every language that can call C.
 *
 *     reseau_bank* bank;
 *     reseau_matches* found;
 *     reseau_error error;
 *     if (reseau_bank_open("known.bank", RESEAU_READ, &bank, &error) != RESEAU_OK) { ... }
 *     if (reseau_match_bytes(bank, upload, size, NULL, &found, &error) != RESEAU_OK) { ... }
 *
 * Calls    give a reseau_code: RESEAU_OK, or why not. Then nothing was changed and nothing was
 *          handed out, and `error`, if it is not NULL, has the sentence that says what to do. It is
 *          the caller's memory, so that it is right whichever thread looks at it. No exception
 *          leaves a call.
 * Codes    keep their numbers. Later releases add some: take what you do not know for a failure.
 * Handles  (reseau_bank, reseau_decoders, reseau_examined, reseau_matches) are made by a call and
 *          given back by the _free of their kind, which takes NULL too. Text that a handle gives
 *          lives as long as the handle. Everything else is copied into the caller's memory.
 * Structs  begin with `struct_size`, which the caller sets to sizeof: what a later release adds at
 *          their end is left alone for who was compiled without it. RESEAU_..._INIT does that.
 * Text     is UTF-8, but paths, and messages that name one: bytes, as the system has them.
 * Threads  any number may use one handle at once, unless the function says otherwise. A handle must
 *          not be used while or after it is freed.
 * fork     in a child, use no handle of the parent's: open the bank, start the decoders anew.
 *
 * What is done and what it means is said in the C++ headers of the same names, and in docs/.
 */
#ifndef RESEAU_C_H
#define RESEAU_C_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RESEAU_C_API __attribute__((visibility("default")))

typedef struct reseau_bank reseau_bank;         /* known pictures, in a file */
typedef struct reseau_decoders reseau_decoders; /* confined processes that decode */
typedef struct reseau_examined reseau_examined; /* what was learnt of one input */
typedef struct reseau_matches reseau_matches;   /* what a bank knows of one input */

typedef enum reseau_code {
  /* What can be said of an input. Only RESEAU_OK and RESEAU_LOW_INFORMATION mean that it was fully
   * examined; and RESEAU_EMPTY and RESEAU_UNSUPPORTED_FORMAT, if by its content it is no picture or
   * video to begin with: see reseau_examined_fully. */
  RESEAU_OK = 0,
  RESEAU_OK_PARTIAL = 1,      /* cut short or damaged: only what is there was hashed */
  RESEAU_LOW_INFORMATION = 2, /* examined, but there is too little in it to recognise */
  RESEAU_EMPTY = 3,
  RESEAU_UNSUPPORTED_FORMAT = 4,
  RESEAU_CORRUPT = 5,
  RESEAU_LIMIT_BYTES = 6,
  RESEAU_LIMIT_PIXELS = 7,
  RESEAU_LIMIT_DIMENSION = 8,
  RESEAU_LIMIT_RATIO = 9,
  RESEAU_LIMIT_FRAMES = 10, /* not all of its frames or pages were examined */
  RESEAU_LIMIT_CPU = 11,
  RESEAU_LIMIT_WALL = 12,
  RESEAU_LIMIT_MEMORY = 13,
  RESEAU_POLICY_PROTOCOL = 14,
  RESEAU_POLICY_FILETYPE = 15,
  RESEAU_IO_ERROR = 16,
  RESEAU_WORKER_CRASHED = 17,

  /* What can go wrong with a call or a bank. */
  RESEAU_INVALID_ARGUMENT = 100,
  RESEAU_UNLIKE_SIGNATURES = 101,
  RESEAU_NOT_FOUND = 102,
  RESEAU_ALREADY_EXISTS = 103,
  RESEAU_BANK_MISSING = 104,
  RESEAU_BANK_FOREIGN = 105,
  RESEAU_BANK_NEWER = 106,
  RESEAU_BANK_DAMAGED = 107,
  RESEAU_BANK_LOCKED = 108,
  RESEAU_BANK_READ_ONLY = 109,
  RESEAU_SNAPSHOT_FOREIGN = 110,
  RESEAU_SNAPSHOT_DAMAGED = 111,
  RESEAU_DISK_FULL = 112,
  RESEAU_INTERRUPTED = 113,
  RESEAU_ISOLATION_MISSING = 114,
  RESEAU_INTERNAL = 115
} reseau_code;

typedef struct reseau_error {
  reseau_code code;
  char message[508]; /* ends in a zero; cut short if it must be */
} reseau_error;

/* "0.1.0": of the library that is linked. */
RESEAU_C_API const char* reseau_version(void);
/* "limit_pixels"; "unknown" for a number that is no code of this release. */
RESEAU_C_API const char* reseau_code_name(reseau_code code);

/* ---- Signatures ---- */

typedef enum reseau_algorithm { RESEAU_GRID = 0, RESEAU_PDQ = 1 } reseau_algorithm;
typedef enum reseau_digest { RESEAU_SHA256 = 0, RESEAU_SHA1 = 1, RESEAU_MD5 = 2 } reseau_digest;

#define RESEAU_GRID_BYTES 96
#define RESEAU_PDQ_BYTES 32
#define RESEAU_SHA256_BYTES 32
#define RESEAU_SHA1_BYTES 20
#define RESEAU_MD5_BYTES 16

/* How far apart two signatures of one kind are: bits for pdq, squared L2 for grid. Both have
 * `size` bytes. Fails: RESEAU_INVALID_ARGUMENT if `size` is not that of the kind. */
RESEAU_C_API reseau_code reseau_distance(reseau_algorithm algorithm, const uint8_t* a,
                                         const uint8_t* b, size_t size, int* distance,
                                         reseau_error* error);

/* ---- Confined decoding ---- */

/* Decoders are large programs in C, and files are written by attackers. They can run in processes
 * that compute and can do nothing else; a crash, a hang or a bomb then costs one file its answer.
 * docs/isolation.md. 0: the built-in value. */
typedef struct reseau_isolation {
  size_t struct_size;
  int workers;         /* files decoded at once; 0: one a core */
  int require_all;     /* 1: fail where the kernel lacks seccomp or Landlock */
  uint64_t max_memory; /* bytes that decoding one file may take */
  int max_cpu;         /* milliseconds of processor time for one file */
  int max_wall;        /* milliseconds for one file */
  const char* decoder; /* the program reseau-decoder; NULL: the one beside the library */
} reseau_isolation;
#define RESEAU_ISOLATION_INIT \
  { sizeof(reseau_isolation), 0, 0, 0, 0, 0, NULL }

/* `isolation` may be NULL. Given to a call in reseau_limits, which any number of threads may do.
 * Fails: RESEAU_ISOLATION_MISSING, with what is missing; RESEAU_INVALID_ARGUMENT. */
RESEAU_C_API reseau_code reseau_decoders_start(const reseau_isolation* isolation,
                                               reseau_decoders** decoders, reseau_error* error);
/* Ends the processes. */
RESEAU_C_API void reseau_decoders_free(reseau_decoders* decoders);
/* What holds them back: "worker+no_new_privs+seccomp+landlock+limits". */
RESEAU_C_API const char* reseau_decoders_isolation(const reseau_decoders* decoders);

/* ---- One input ---- */

/* How many windows of a known picture are kept, so that parts of it are found. */
typedef enum reseau_level {
  RESEAU_BASE = 0,
  RESEAU_STANDARD = 1,
  RESEAU_EXTENDED = 2
} reseau_level;

typedef enum reseau_layout {
  RESEAU_GRAY8 = 0, /* one byte a pixel: luma */
  RESEAU_RGB8 = 1,  /* three bytes a pixel */
  RESEAU_BGR8 = 2
} reseau_layout;

/* What a decoder may spend on one file, and where it runs; 0: the built-in limit. */
typedef struct reseau_limits {
  size_t struct_size;
  uint64_t max_bytes;
  uint64_t max_pixels;
  int max_side;
  uint64_t max_ratio;              /* pixels a byte, asked of pictures of over 16 Mpx only */
  const reseau_decoders* decoders; /* NULL: in this process */
} reseau_limits;
#define RESEAU_LIMITS_INIT \
  { sizeof(reseau_limits), 0, 0, 0, 0, NULL }

/* Decode, hash, digest; nothing is kept but what the handle holds. Of a file that holds several
 * pictures the first, and the outcome is then RESEAU_LIMIT_FRAMES; reseau_match_bytes looks at all.
 * What is wrong with the input is no failure of the call: see reseau_examined_outcome. `level`: for
 * a query RESEAU_BASE, for what is to be added to a bank the bank's. `limits` may be NULL. Fails:
 * RESEAU_INVALID_ARGUMENT, RESEAU_LIMIT_MEMORY. */
RESEAU_C_API reseau_code reseau_examine(const void* bytes, size_t size, reseau_level level,
                                        const reseau_limits* limits, reseau_examined** examined,
                                        reseau_error* error);
RESEAU_C_API reseau_code reseau_examine_file(const char* path, reseau_level level,
                                             const reseau_limits* limits,
                                             reseau_examined** examined, reseau_error* error);
/* Pixels that somebody else has decoded: upright, 1 to 65,535 a side; `stride` bytes from one row
 * to the next, at least as many as a row has. There are no digests then, and no format. */
RESEAU_C_API reseau_code reseau_examine_pixels(const void* pixels, int width, int height,
                                               ptrdiff_t stride, reseau_layout layout,
                                               reseau_level level, reseau_examined** examined,
                                               reseau_error* error);
RESEAU_C_API void reseau_examined_free(reseau_examined* examined);

/* How far the input could be examined, and the sentence that says why; "" for RESEAU_OK. */
RESEAU_C_API reseau_code reseau_examined_outcome(const reseau_examined* examined);
RESEAU_C_API const char* reseau_examined_message(const reseau_examined* examined);
/* What held the decoder back: as reseau_decoders_isolation, or "none" for this process, whether or
 * not there was anything to decode; "" for pixels and what could not be read. */
RESEAU_C_API const char* reseau_examined_isolation(const reseau_examined* examined);
/* 1: nothing in it was left unlooked at, as in what is no picture or video at all. What is not
 * fully examined is never "no match". */
RESEAU_C_API int reseau_examined_fully(const reseau_examined* examined);

typedef struct reseau_info {
  size_t struct_size;
  int64_t bytes;       /* of the file; -1: unknown, as in all that follow */
  int width;           /* of the upright picture, in pixels */
  int height;          /* in pixels */
  int quality;         /* of the grid signature: how much there is to recognise, 0 to 100 */
  int pdq_quality;     /* 0 to 100 */
  char format[16];     /* "JPEG"; "unknown"; "" if the bytes could not be read */
  double completeness; /* how much of the picture is there, 0 to 1; under 1: RESEAU_OK_PARTIAL */
} reseau_info;
#define RESEAU_INFO_INIT \
  { sizeof(reseau_info), -1, -1, -1, -1, -1, {0}, -1 }
RESEAU_C_API reseau_code reseau_examined_info(const reseau_examined* examined, reseau_info* info,
                                              reseau_error* error);

/* Copies a signature or digest into the caller's `size` bytes.
 * Fails: RESEAU_NOT_FOUND if the input has none; RESEAU_INVALID_ARGUMENT if `size` is not that of
 *        the kind. */
RESEAU_C_API reseau_code reseau_examined_signature(const reseau_examined* examined,
                                                   reseau_algorithm algorithm, uint8_t* bytes,
                                                   size_t size, reseau_error* error);
RESEAU_C_API reseau_code reseau_examined_digest(const reseau_examined* examined,
                                                reseau_digest digest, uint8_t* bytes, size_t size,
                                                reseau_error* error);

/* ---- A bank of known pictures ---- */

typedef enum reseau_mode { RESEAU_READ = 0, RESEAU_WRITE = 1 } reseau_mode;

/* Makes an empty bank and opens it for writing. Fails: RESEAU_ALREADY_EXISTS, RESEAU_IO_ERROR,
 * RESEAU_DISK_FULL. */
RESEAU_C_API reseau_code reseau_bank_create(const char* path, reseau_level level,
                                            reseau_bank** bank, reseau_error* error);
/* Fails: RESEAU_BANK_*. One process writes at a time, any number read. */
RESEAU_C_API reseau_code reseau_bank_open(const char* path, reseau_mode mode, reseau_bank** bank,
                                          reseau_error* error);
RESEAU_C_API void reseau_bank_free(reseau_bank* bank);

RESEAU_C_API size_t reseau_bank_size(const reseau_bank* bank); /* entries */
RESEAU_C_API reseau_level reseau_bank_level(const reseau_bank* bank);

/* Adds what was examined, durably: after RESEAU_OK a crash loses nothing. `origin` (where it came
 * from) and `label` may be NULL. `entry` gets its id, which is never used for another; `existing`,
 * if not NULL, 1 if the same bytes were there already. Fails: RESEAU_LOW_INFORMATION or the outcome
 * of what was examined, if nothing in it can be matched; RESEAU_BANK_READ_ONLY, RESEAU_BANK_LOCKED,
 * RESEAU_DISK_FULL, RESEAU_IO_ERROR. */
RESEAU_C_API reseau_code reseau_bank_add(reseau_bank* bank, const reseau_examined* examined,
                                         const char* origin, const char* label, int64_t* entry,
                                         int* existing, reseau_error* error);
/* Fails: RESEAU_NOT_FOUND, and as reseau_bank_add. */
RESEAU_C_API reseau_code reseau_bank_remove(reseau_bank* bank, int64_t entry, reseau_error* error);
/* Takes in what other processes have added and removed since. */
RESEAU_C_API reseau_code reseau_bank_refresh(reseau_bank* bank, reseau_error* error);

/* ---- Matching ---- */

typedef enum reseau_verdict {
  RESEAU_EXACT = 0,   /* the same bytes */
  RESEAU_NEAR = 1,    /* at a distance where unrelated pictures practically never are */
  RESEAU_SIMILAR = 2, /* within the limit */
  RESEAU_TEST = 3     /* the test card, whatever else is in the bank */
} reseau_verdict;

typedef enum reseau_kind {
  RESEAU_BY_GRID = 0,
  RESEAU_BY_PDQ = 1,
  RESEAU_BY_SHA256 = 2,
  RESEAU_BY_SHA1 = 3,
  RESEAU_BY_MD5 = 4
} reseau_kind;

/* What is asked of a bank; of grid, pdq and digests at least one. Limits are inclusive; -1: the one
 * that holds for a bank of its size. */
typedef struct reseau_match_options {
  size_t struct_size;
  int grid;    /* whether this kind is asked */
  int pdq;     /* whether this kind is asked */
  int digests; /* whether the same bytes are asked for */
  int grid_limit;
  int pdq_limit;
  int align;         /* whether parts of pictures are moved into place before they are judged */
  int aligned_limit; /* of distances after that; -1: as rare as grid_limit, or else as above */
  int align_budget;  /* milliseconds a query; what is left then counts as unaligned */
  int every_kind;    /* every kind that agrees, not only an entry's strongest */
  const reseau_limits* limits; /* of decoding, and where, for reseau_match_bytes; may be NULL */
  int threads; /* on how many a video is looked up, yours among them; 0: one a processor */
} reseau_match_options;
#define RESEAU_MATCH_OPTIONS_INIT \
  { sizeof(reseau_match_options), 1, 1, 1, -1, -1, 1, -1, 100, 0, NULL, 1 }

/* A reason for a person to look; never a finding about anyone. */
typedef struct reseau_match {
  size_t struct_size;
  int64_t entry; /* 0: the test card */
  reseau_kind kind;
  reseau_verdict verdict;
  int distance;
  int limit;             /* what the distance was held to */
  int aligned;           /* 1: a grid distance after alignment */
  int partial;           /* 1: by what is there of a query that is cut short */
  int turn;              /* how the query lies over the known picture: degrees clockwise */
  int mirror;            /* mirrored left-right, before the turn */
  int negative;          /* tones inverted */
  float tilt;            /* degrees clockwise beyond `turn` */
  float part[4];         /* x, y, width, height of what was found of the known picture: 0 to 1 */
  double expected_false; /* unrelated entries of such a bank expected this near; see
                            docs/matching.md */
  int of_video;          /* 1: what is known is a video; for digests 0 */
  size_t stretches;      /* where either is a video: as many of reseau_matches_stretch */
} reseau_match;
#define RESEAU_MATCH_INIT \
  { sizeof(reseau_match), 0, RESEAU_BY_GRID, RESEAU_EXACT, 0, 0, 0, 0, 0, 0, 0, 0, {0}, 0, 0, 0 }

/* A part of a query that shows a part of what is known. Times in seconds, of each one's own; both
 * are 0 for a picture. */
typedef struct reseau_stretch {
  size_t struct_size;
  double query_from;
  double query_to;
  double entry_from;
  double entry_to;
  double speed; /* seconds of the entry in a second of the query */
  int turn;     /* how the query's frames lie over the entry's, as of reseau_match */
  int mirror;
  int negative;
  int distance;          /* of the two frames that agree best */
  size_t frames;         /* of the query that agree; 1 is a single look, and weaker evidence */
  double expected_false; /* stretches this good expected among as many unrelated frames */
} reseau_stretch;
#define RESEAU_STRETCH_INIT \
  { sizeof(reseau_stretch), 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 }

/* Looks up what was examined. Does not fail for an outcome: look at reseau_examined_fully before an
 * empty answer is taken for "no match". `options` may be NULL. */
RESEAU_C_API reseau_code reseau_match_examined(const reseau_bank* bank,
                                               const reseau_examined* query,
                                               const reseau_match_options* options,
                                               reseau_matches** matches, reseau_error* error);
/* Decodes, hashes, looks up, keeps nothing. Fails with the query's own outcome if it is no picture
 * or video, or could not be (fully) examined, and nothing was found, so that silence is never taken
 * for "no match". */
RESEAU_C_API reseau_code reseau_match_bytes(const reseau_bank* bank, const void* bytes, size_t size,
                                            const reseau_match_options* options,
                                            reseau_matches** matches, reseau_error* error);
RESEAU_C_API void reseau_matches_free(reseau_matches* matches);

RESEAU_C_API size_t reseau_matches_count(const reseau_matches* matches);
/* Candidates that were not aligned since the budget ran out. */
RESEAU_C_API size_t reseau_matches_unaligned(const reseau_matches* matches);
/* The strongest first. Fails: RESEAU_NOT_FOUND if there are not so many. */
RESEAU_C_API reseau_code reseau_matches_get(const reseau_matches* matches, size_t which,
                                            reseau_match* match, reseau_error* error);
/* Of the match `which`, the strongest first. Fails: RESEAU_NOT_FOUND if there are not so many. */
RESEAU_C_API reseau_code reseau_matches_stretch(const reseau_matches* matches, size_t which,
                                                size_t number, reseau_stretch* stretch,
                                                reseau_error* error);
/* "mirrored, turned 90 degrees", for people; NULL if there are not so many. */
RESEAU_C_API const char* reseau_matches_describe(const reseau_matches* matches, size_t which);

#ifdef __cplusplus
}
#endif

#endif /* RESEAU_C_H */
