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
      stroke-width="1.8"
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
export const ResetIcon = () => (
  <Icon path="M4 4v6h6M4.6 15a8 8 0 1 0 1.2-8.4L4 10" />
);
export const CopyIcon = () => <Icon path="M9 9h11v11H9zM5 15H4V4h11v1" />;
export const SaveIcon = () => <Icon path="M12 4v11m-5-5 5 5 5-5M4 20h16" />;
export const OpenIcon = () => <Icon path="M12 15V4m-5 5 5-5 5 5M4 20h16" />;
export const RunIcon = () => <Icon path="M7 5v14l11-7z" />;
export const AddIcon = () => <Icon path="M12 5v14M5 12h14" />;
export const RemoveIcon = () => <Icon path="m6 6 12 12M18 6 6 18" />;
export const EditIcon = () => <Icon path="M4 20h4L19 9l-4-4L4 16zM13 7l4 4" />;
export const LogIcon = () => <Icon path="M5 4v16h15M5 18c7 0 9-3 14-12" />;
export const GripIcon = () => (
  <Icon path="M9 6h.01M9 12h.01M9 18h.01M15 6h.01M15 12h.01M15 18h.01" />
);
