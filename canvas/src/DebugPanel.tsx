import { Tick } from './fields';
import type { Breakpoints } from './useBreakpoints';
import type { Watched } from './useRun';

interface WishesProps {
  breakpoints: Breakpoints;
  pauseAtStart: boolean;
  setPauseAtStart: (pause: boolean) => void;
  select: (id: string) => void;
}

/** Where a run is to pause. */
export function DebugWishes({ breakpoints, pauseAtStart, setPauseAtStart, select }: WishesProps) {
  return (
    <fieldset>
      <legend>Pauses</legend>
      <Tick label="Before the first step" checked={pauseAtStart} onChange={setPauseAtStart} />
      {breakpoints.aliases.length === 0 ? (
        <p className="quiet">And before each placement with a breakpoint: B sets one on the box that has the keyboard, as the box&rsquo;s dot does.</p>
      ) : (
        <ul className="plain stops" aria-label="Breakpoints">
          {breakpoints.aliases.map((alias) => (
            <li key={alias}>
              <button type="button" className="quiet" onClick={() => select(alias)}>Before {alias}</button>
              <button type="button" className="quiet" aria-label={`Remove the breakpoint before ${alias}`} onClick={() => breakpoints.toggle(alias)}>✕</button>
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  );
}

/** Leads a run that is under way. The buttons stay while it goes on, so that the keyboard stays on the one that is pressed again. */
export function DebugButtons({ watched }: { watched: Watched }) {
  const status = watched.run?.status;
  const isPaused = status === 'paused';
  const mayPause = status === 'running' && !watched.run?.is_pausing;
  return (
    <div className="actions" role="group" aria-label="Lead the run">
      <Lead label="Continue" may={isPaused} act={() => watched.lead('resume')} />
      <Lead label="One step" may={isPaused} act={() => watched.lead('step')} />
      <Lead label="Pause" may={mayPause} act={() => watched.lead('pause')} />
      <Lead label="Cancel run" may={status !== undefined && status !== 'compensating'} act={() => watched.lead('cancel')} />
    </div>
  );
}

function Lead({ label, may, act }: { label: string; may: boolean; act: () => void }) {
  return (
    <button type="button" className="button" aria-disabled={!may} onClick={() => may && act()}>{label}</button>
  );
}
