/* The README's first example, in C11: which entries of a bank is a picture a copy of?
 *
 *     cc -std=c11 first_match_c.c $(pkg-config --cflags --libs reseau-c)
 *     ./a.out known.bank upload.jpg
 */
#include <stdio.h>
#include <stdlib.h>

#include <reseau_c.h>

static int fail(const reseau_error* error) {
  fprintf(stderr, "%s: %s\n", reseau_code_name(error->code), error->message);
  return 2;
}

/* The bytes of a file, to be freed; NULL if it cannot be read. */
static unsigned char* read_file(const char* path, size_t* size) {
  FILE* file = fopen(path, "rb");
  if (file == NULL) return NULL;
  unsigned char* bytes = NULL;
  long end = -1;
  if (fseek(file, 0, SEEK_END) == 0 && (end = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0)
    bytes = malloc((size_t)end + 1);
  if (bytes != NULL && fread(bytes, 1, (size_t)end, file) != (size_t)end) {
    free(bytes);
    bytes = NULL;
  }
  *size = (size_t)end;
  fclose(file);
  return bytes;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s BANK PICTURE\n", argv[0]);
    return 2;
  }
  size_t size = 0;
  unsigned char* upload = read_file(argv[2], &size);
  if (upload == NULL) {
    perror(argv[2]);
    return 2;
  }

  reseau_error error;
  reseau_decoders* decoders = NULL; /* what an attacker has written is decoded in confinement */
  reseau_bank* bank = NULL;
  reseau_matches* found = NULL;
  int status = 0;
  reseau_limits limits = RESEAU_LIMITS_INIT;
  reseau_match_options options = RESEAU_MATCH_OPTIONS_INIT;
  options.limits = &limits;
  if (reseau_decoders_start(NULL, &decoders, &error) != RESEAU_OK) {
    status = fail(&error);
  } else {
    limits.decoders = decoders;
    if (reseau_bank_open(argv[1], RESEAU_READ, &bank, &error) != RESEAU_OK ||
        reseau_match_bytes(bank, upload, size, &options, &found, &error) != RESEAU_OK) {
      status = fail(&error);
    }
  }
  for (size_t i = 0; i < reseau_matches_count(found); ++i) {
    reseau_match match = RESEAU_MATCH_INIT;
    if (reseau_matches_get(found, i, &match, &error) != RESEAU_OK) {
      status = fail(&error);
      break;
    }
    printf("entry %lld at distance %d, %s; %g false matches expected\n", (long long)match.entry,
           match.distance, reseau_matches_describe(found, i), match.expected_false);
    status = 1; /* as the program has it: something matched */
  }
  reseau_matches_free(found);
  reseau_bank_free(bank);
  reseau_decoders_free(decoders);
  free(upload);
  return status;
}
