/** A name that can be changed: by a double click, or F2. */

import { useState } from 'preact/hooks';

import { OWN_KEYS } from './keys';

interface Props {
  name: string;
  /** Definitions are named in expressions; they keep their name. */
  fixed?: boolean;
  onRename(to: string): Promise<boolean>;
}

export function Name({ name, fixed, onRename }: Props) {
  const [draft, setDraft] = useState<string | null>(null);
  const commit = (): void => {
    if (draft !== null && draft !== '' && draft !== name) {
      void onRename(draft).then(done => done && setDraft(null));
    } else {
      setDraft(null);
    }
  };
  if (draft === null) {
    return (
      <span
        {...OWN_KEYS}
        class="heplens-step-name"
        title={fixed ? name : `${name} (double click or F2 renames)`}
        tabIndex={fixed ? undefined : 0}
        role={fixed ? undefined : 'button'}
        onDblClick={() => !fixed && setDraft(name)}
        onKeyDown={event => {
          if (event.key === 'F2' || event.key === 'Enter') {
            event.preventDefault();
            setDraft(name);
          }
        }}
      >
        {name}
      </span>
    );
  }
  return (
    <input
      {...OWN_KEYS}
      type="text"
      class="heplens-rename"
      aria-label={`New name of ${name}`}
      value={draft}
      ref={element => element?.focus()}
      onInput={event => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          commit();
        } else if (event.key === 'Escape') {
          setDraft(null);
        }
        event.stopPropagation();
      }}
    />
  );
}
