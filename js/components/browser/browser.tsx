/** Filter, tree and details of ROOT files: the whole browser but for its frame, which is its host's. */

import { useEffect } from 'preact/hooks';

import { useChanges } from '../use';
import { Details, type EntryAction } from './details';
import type { Entry } from './entries';
import { WarningIcon } from './icons';
import type { Line, TreeModel } from './model';
import type { PreviewModel } from './previewModel';
import { Tree } from './tree';

export type { EntryAction };

/** What the host says of the place it shows: still looking, nothing there, or why it cannot be shown. */
export interface Place {
  status: 'loading' | 'ready' | 'failed';
  message: string;
}

interface Props {
  model: TreeModel;
  preview: PreviewModel;
  place: Place;
  label: string;
  actions: EntryAction[];
  onActivate?(entry: Entry): void;
  onDrag?(entries: Entry[], event: PointerEvent): void;
}

export function Browser(props: Props) {
  const { model, preview, place, label, actions, onActivate, onDrag } = props;
  useChanges(model);
  useEffect(() => preview.choose(model.selected), [model.selected]);

  const lines = model.lines();
  const whole = stateOf(place, model, lines);
  return (
    <div
      class="heplens-Browser"
      data-state={
        model.loading || place.status === 'loading' ? 'loading' : 'ready'
      }
      data-lm-suppress-shortcuts="true"
    >
      <div class="heplens-filter">
        <input
          type="search"
          class="heplens-filter-input"
          placeholder={model.many ? 'Filter open files' : 'Filter this file'}
          aria-label="Filter names and titles"
          title={`Words of the name or title, abbreviations (mupt), * and ?, type:float. Searches ${
            model.many
              ? 'the names of files, and the trees and directories of those that are open'
              : 'the trees and directories of this file'
          }.`}
          spellcheck={false}
          value={model.filter}
          onInput={event => model.setFilter(event.currentTarget.value)}
          onKeyDown={event => {
            if (event.key === 'Escape' && model.filter !== '') {
              event.stopPropagation();
              model.setFilter('');
            }
          }}
        />
      </div>
      <div
        class="heplens-reading"
        role="progressbar"
        aria-label="Reading"
        hidden={!model.loading}
      />
      <div class="heplens-body">
        <div class="heplens-main">
          {whole ?? (
            <>
              <div class="heplens-head" aria-hidden="true">
                <span class="heplens-row-name">Name</span>
                <span class="heplens-row-type">Type</span>
                <span class="heplens-row-entries">Entries</span>
                <span class="heplens-row-bytes">Size</span>
              </div>
              <Tree
                model={model}
                lines={lines}
                label={label}
                onActivate={onActivate}
                onDrag={onDrag}
              />
            </>
          )}
        </div>
        {(whole === null || model.selected !== null) && (
          <Details
            entry={model.selected}
            chosen={model.chosen}
            problem={model.selected && model.problem(model.selected)}
            preview={preview}
            actions={actions}
          />
        )}
      </div>
    </div>
  );
}

/** A sentence in place of the tree where there is no tree to show. */
function stateOf(place: Place, model: TreeModel, lines: Line[]) {
  if (place.status !== 'ready') {
    return (
      <Sentence
        tone={place.status === 'failed' ? 'error' : 'loading'}
        text={place.message}
      />
    );
  }
  if (lines.length === 0 && model.filter !== '' && model.loading) {
    return <Sentence tone="loading" text="Searching …" />;
  }
  if (lines.length === 0) {
    return (
      <Sentence
        tone="empty"
        text={
          model.filter === ''
            ? place.message
            : `Nothing in ${model.many ? 'the open files' : 'this file'} matches the filter.`
        }
      />
    );
  }
  const [first] = lines;
  if (lines.length === 1 && first.kind === 'note' && first.depth === 0) {
    return <Sentence tone={first.tone} text={first.text} />;
  }
  return null;
}

function Sentence({
  tone,
  text
}: {
  tone: 'loading' | 'empty' | 'error';
  text: string;
}) {
  return (
    <div
      class={`heplens-sentence heplens-mod-${tone}`}
      role={tone === 'error' ? 'alert' : 'status'}
    >
      {tone === 'error' && <WarningIcon />}
      <p>{text}</p>
    </div>
  );
}
