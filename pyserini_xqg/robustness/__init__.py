"""What perturbed queries cost: runs on clean and on perturbed topics in; per language and family the drop, its interval
and its test out.
"""
