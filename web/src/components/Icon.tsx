const paths = {
  home: "M3 9.5 10 4l7 5.5V16a1 1 0 0 1-1 1h-3.5v-5h-5v5H4a1 1 0 0 1-1-1z",
  plus: "M10 4v12M4 10h12",
  catalog: "M4 4h5v5H4zM11 4h5v5h-5zM4 11h5v5H4zM11 11h5v5h-5z",
  platform: "M3 6l7-3 7 3-7 3zM3 10l7 3 7-3M3 14l7 3 7-3",
  help: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM7.8 8a2.2 2.2 0 1 1 3.3 1.9c-.7.4-1.1.8-1.1 1.6M10 14.2v.1",
  theme: "M10 3a7 7 0 1 0 7 7 5.2 5.2 0 0 1-7-7z",
  person: "M10 10a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM4 16.5c.6-2.9 3-4.5 6-4.5s5.400 1.600 6 4.500",
  check: "M4.500 10.500l3.500 3.500 7.500-8",
  cross: "M5.500 5.500l9 9M14.500 5.500l-9 9",
  blank: "",
  out: "M8 5H5v10h10v-3M11 4h5v5M16 4l-7 7",
  copy: "M7 7h9v9H7zM4 13V4h9",
  search: "M9 14.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11zM13.200 13.200 17 17",
  download: "M10 3v9M6.500 9l3.500 3.500L13.500 9M4 16.500h12",
  clock: "M10 17.500a7.500 7.500 0 1 0 0-15 7.500 7.500 0 0 0 0 15zM10 6v4.300l2.800 1.700",
  down: "M10 4v11M5.500 11l4.500 4.500 4.500-4.500",
  up: "M10 16V5M5.5 9 10 4.5 14.5 9",
  star: "M10 3.2l2.1 4.3 4.7.7-3.400 3.300.8 4.700-4.200-2.200-4.200 2.200.8-4.700-3.400-3.300 4.700-.7z",
  starred: "M10 3.2l2.1 4.3 4.7.7-3.400 3.300.8 4.700-4.200-2.200-4.200 2.200.8-4.700-3.400-3.300 4.700-.7z",
  refresh: "M16 10a6 6 0 1 1-1.800-4.300M16 3.500V7h-3.500",
  page: "M5.500 2.500h6L15 6v11.500H5.500zM11.500 2.500V6H15",
  enter: "M15.500 5v5.500H5M8 7.500 5 10.500l3 3",
  folder: "M3 5.500h5l1.500 2H17V16H3z",
  play: "M6.500 4.500v11l9-5.500z",
  pause: "M7 4.500v11M13 4.500v11",
  back: "M12.500 5 7.500 10l5 5",
  forward: "M7.500 5l5 5-5 5",
  rewind: "M4 10a6 6 0 1 0 2-4.500M4 3.500V7h3.500",
  edit: "M4 16l1-3.500L13.500 4 16 6.500 7.500 15z",
} as const;

export type IconName = keyof typeof paths;

/** Icon is a drawing beside words; it says nothing that they do not. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill={name === "starred" ? "currentColor" : "none"} stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
