import { useGraphiQL } from '@graphiql/react';
import { useEffect, useState } from 'react';
import type { Request, Subscription } from '../activity';
import { usePlayground } from '../playground';
import { useValue } from '../store';

/** The line under the response. */
export function ActivityLine() {
  const { log } = usePlayground();
  const activity = useValue(log.store);
  if (activity === null) return <p className="bc-empty">Run an operation to see its answer here.</p>;
  return (
    <div className="bc-activity" role="status" data-kind={activity.kind}>
      {activity.kind === 'request' ? <RequestLine request={activity} /> : <SubscriptionLine subscription={activity} />}
    </div>
  );
}

function RequestLine({ request: { as, status, milliseconds } }: { request: Request }) {
  return (
    <>
      <span data-status={status < 400 ? 'good' : 'bad'}>{status}</span>
      <span>{milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms</span>
      <span>{sentAs(as)}</span>
    </>
  );
}

const STATES = { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting', ended: 'Ended' };

function SubscriptionLine({ subscription: { as, state, events, dropped } }: { subscription: Subscription }) {
  const total = dropped + events.length;
  return (
    <>
      <span className="bc-live" data-state={state}>
        {STATES[state]}
      </span>
      <span>{sentAs(as)}</span>
      {total === 0 ? (
        <span>{state === 'live' && 'waiting for the first event'}</span>
      ) : (
        <Events events={events} dropped={dropped} />
      )}
    </>
  );
}

/** Steps through the events: GraphiQL shows the newest as it comes, this brings earlier ones back. */
function Events({ events, dropped }: Pick<Subscription, 'events' | 'dropped'>) {
  const responseEditor = useGraphiQL((state) => state.responseEditor);
  const [back, setBack] = useState(0);
  useEffect(() => setBack(0), [events]);
  const index = Math.max(events.length - 1 - back, 0);
  const event = events[index]!;

  function show(steps: number): void {
    setBack(steps);
    responseEditor?.setValue(JSON.stringify(events[events.length - 1 - steps]!.result, null, 2));
  }

  return (
    <span className="bc-events">
      <button type="button" aria-label="Earlier event" disabled={index === 0} onClick={() => show(back + 1)}>
        ‹
      </button>
      <span>
        event {dropped + index + 1} of {dropped + events.length}
      </span>
      <button type="button" aria-label="Later event" disabled={back === 0} onClick={() => show(back - 1)}>
        ›
      </button>
      <time>{new Date(event.at).toLocaleTimeString()}</time>
    </span>
  );
}

function sentAs(handle: string | null): string {
  return handle === null ? 'signed out' : `as @${handle}`;
}
