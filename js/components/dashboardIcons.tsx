/** Small icons in the colour of the text around them. */

const Icon = ({ path }: { path: string }) => (
  <svg
    viewBox="0 0 24 24"
    width="16"
    height="16"
    aria-hidden="true"
    focusable="false"
  >
    <path
      d={path}
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
  </svg>
);

export const UndoIcon = () => (
  <Icon path="M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3" />
);
export const RedoIcon = () => (
  <Icon path="m15 14 5-5-5-5M20 9H10a6 6 0 0 0 0 12h3" />
);
export const CopyIcon = () => <Icon path="M9 9h11v11H9zM5 15H4V4h11v1" />;
