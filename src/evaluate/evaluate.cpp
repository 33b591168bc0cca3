#include <reseau/evaluate.h>

#include "evaluate/figures.h"
#include "evaluate/measure.h"
#include "evaluate/page.h"

namespace reseau {

Result<Evaluation> evaluate(const EvaluateOptions& options) {
  const auto measured = evaluation::measure(options, true);
  if (!measured) return measured.error();
  const evaluation::Json figures = evaluation::figures(*measured, options);
  return Evaluation{evaluation::json_text(figures), evaluation::page(figures),
                    evaluation::summary(figures)};
}

}  // namespace reseau
