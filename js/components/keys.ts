/**
 * For every element of ours that can have the focus: keys typed there are not JupyterLab's.
 *
 * The attribute on the root alone is not enough. Lab's selectors end in `:focus`, so they match the focused element
 * before the search for a suppressing ancestor comes to the root, and D D would delete the notebook's cell.
 */
export const OWN_KEYS = { 'data-lm-suppress-shortcuts': 'true' };
