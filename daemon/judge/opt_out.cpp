#include "daemon/judge/opt_out.h"

namespace tagscout {

std::optional<GoneReason> purge_reason(OptOuts wishes) {
  if (wishes.has(OptOut::vanish)) return GoneReason::vanish;
  if (wishes.has(OptOut::deleted)) return GoneReason::deleted;
  if (wishes.has(OptOut::operator_list)) return GoneReason::operator_list;
  if (wishes.has(OptOut::suspended)) return GoneReason::suspended;
  if (wishes.has(OptOut::noindex)) return GoneReason::noindex;
  if (wishes.has(OptOut::no_unauth) || wishes.has(OptOut::label_hide)) return GoneReason::label;
  if (wishes.has(OptOut::nobot_tag)) return GoneReason::bio_marker;
  return std::nullopt;
}

bool hides(OptOuts wishes) { return wishes.has(OptOut::not_discoverable); }

bool returns_when_active(GoneReason reason) {
  return reason == GoneReason::deactivated || reason == GoneReason::suspended;
}

bool covers_successor(GoneReason reason) {
  return reason == GoneReason::vanish || reason == GoneReason::forgotten ||
         returns_when_allowed(reason);
}

bool returns_when_allowed(GoneReason reason) {
  switch (reason) {
    case GoneReason::operator_list:
    case GoneReason::noindex:
    case GoneReason::label:
    case GoneReason::bio_marker:
      return true;
    case GoneReason::deleted:
    case GoneReason::deactivated:
    case GoneReason::suspended:
    case GoneReason::vanish:
    case GoneReason::forgotten:
      return false;
  }
  return false;
}

}  // namespace tagscout
