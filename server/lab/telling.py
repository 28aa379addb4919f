"""States and truths as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from server.limiters import Decision

    from .choice import Rule
    from .sessions import Standing
    from .tables import RuleState
    from .truth import Truth


def truth_as_json(truth: Truth) -> dict[str, Any]:
    """A truth; a wait is `null` where no spacing is slow enough."""
    return {
        "kind": truth.kind,
        "sentence": truth.sentence,
        "steady_waits": [{"refusal_rate": rate, "wait": wait} for rate, wait in truth.steady_waits.items()],
        "curve": [{"wait": wait, "accepted": accepted} for wait, accepted in truth.curve],
    }


def decision_as_json(decision: Decision) -> dict[str, Any]:
    """What a request would get now: served or not, when it would be, and what is left of each quota before it."""
    return {
        "served": decision.accepted,
        "retry_after": decision.retry_after,
        "policies": [
            {
                "name": policy.name,
                "quota": policy.quota,
                "window": policy.window,
                # The decision counts the request that was only thought of.
                "remaining": min(policy.quota, policy.remaining + decision.accepted),
                "reset": policy.reset,
            }
            for policy in decision.policies
        ],
    }


def rule_as_json(rule: Rule) -> dict[str, Any]:
    """A rule with the arguments that differ from its defaults."""
    return {"limiter": rule.limiter, "arguments": dict(rule.arguments), "shared": rule.shared}


def state_as_json(state: RuleState) -> dict[str, Any]:
    """The state of a rule and of its latest clients."""
    return {
        **rule_as_json(state.rule),
        "sentence": state.sentence,
        "asked": state.asked,
        "refused": state.refused,
        "clients": [{"client": each.client, "now": decision_as_json(each.decision)} for each in state.clients],
    }


def standing_as_json(standing: Standing) -> dict[str, Any]:
    """Where a learner stands with a puzzle, the truth included: this is for the teacher."""
    score = standing.score
    return {
        "puzzle": standing.puzzle.id,
        **rule_as_json(standing.puzzle.choice.rule),
        "client": standing.client,
        "requests": standing.cost.requests,
        "refused": standing.cost.refused,
        "early": standing.cost.early,
        "points": None if score is None else score.points,
    }
