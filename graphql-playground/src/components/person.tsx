import type { CSSProperties } from 'react';

export interface Person {
  handle: string;
  displayName: string;
  avatar: string | null;
}

/** The picture, or the first letter of the name on a colour of the person's own. */
export function Avatar({ person }: { person: Person }) {
  if (person.avatar !== null) return <img className="bc-avatar" src={person.avatar} alt="" />;
  const style = { '--hue': hue(person.handle) } as CSSProperties;
  return (
    <span className="bc-avatar" style={style} aria-hidden="true">
      {[...person.displayName][0]?.toUpperCase()}
    </span>
  );
}

function hue(handle: string): number {
  let sum = 0;
  for (const letter of handle) sum = (sum * 31 + letter.codePointAt(0)!) % 360;
  return sum;
}
