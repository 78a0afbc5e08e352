import type { ReactNode } from "react";
import { Anchor } from "@mantine/core";
import { Icon } from "./Icon";
import { useWords } from "../i18n/I18n";

/** OutLink leads out of the portal, in a new tab. */
export function OutLink({ href, children }: { href: string; children: ReactNode }) {
  const { t } = useWords();
  return (
    <Anchor href={href} target="_blank" rel="noreferrer" title={href} inherit>
      {children} <Icon name="out" size={13} />
      <span className="visually-hidden"> ({t("newTab")})</span>
    </Anchor>
  );
}
