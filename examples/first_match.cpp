// The first thing a pipeline does: is this upload a copy of something known?
//
//     first_match BANK UPLOAD
#include <reseau/reseau.h>

#include <fstream>
#include <iostream>
#include <iterator>

int main(int count, char** arguments) try {
  if (count != 3) {
    std::cerr << "usage: first_match BANK UPLOAD\n";
    return 2;
  }
  const std::string bank_path = arguments[1];
  std::ifstream file(arguments[2], std::ios::binary);
  const std::string upload(std::istreambuf_iterator<char>(file), {});

  // README: begin
  auto bank = reseau::Bank::open(bank_path).value();
  auto found = reseau::match(bank, reseau::Bytes(upload)).value();  // decodes, hashes, looks up
  for (const auto& m : found) {
    std::cout << "entry " << m.entry << " at distance " << m.distance << ", " << describe(m.view)
              << "; " << m.expected_false << " false matches expected\n";
  }
  // README: end
  return found.empty() ? 0 : 1;
} catch (const reseau::Failure& failure) {
  std::cerr << name(failure.error().code) << ": " << failure.what() << '\n';
  return 2;
}
