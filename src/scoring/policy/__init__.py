"""Rating policies: documents checked into immutable values."""

from scoring.policy.policy import Governs, Grade, Policy, load_policy
from scoring.policy.problems import PolicyInvalid, Problem
from scoring.policy.text import Text

__all__ = ["Governs", "Grade", "Policy", "PolicyInvalid", "Problem", "Text", "load_policy"]
