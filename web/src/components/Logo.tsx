/** Logo is the line with its five stations. */
export function Logo({ large = false }: { large?: boolean }) {
  const width = large ? 196 : 98;
  return (
    <svg width={width} height={width / 5.6} viewBox="0 0 112 20" aria-hidden="true" focusable="false">
      <path d="M10 10H102" stroke="var(--accent)" strokeWidth="3" />
      <g fill="var(--accent)">
        {[10, 33, 56, 79].map((x) => (
          <circle key={x} cx={x} cy="10" r="6" />
        ))}
        <circle cx="102" cy="10" r="8" />
      </g>
    </svg>
  );
}
