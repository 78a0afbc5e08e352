import { Button, Menu } from "@mantine/core";
import type { Me } from "../api/types";
import { Icon } from "../components/Icon";
import { useWords } from "../i18n/I18n";
import { signOut } from "./signOut";
import classes from "./Tools.module.css";

export function AccountMenu({ me }: { me: Me }) {
  const { t } = useWords();
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-sm" c="dimmed" leftSection={<Icon name="person" />} aria-label={`${t("account.label")}: ${me.name}`}>
          <span className={classes.who} title={me.email}>
            {me.name}
          </span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.email} · {t(`role.${me.role}`)}
        </Menu.Label>
        <Menu.Item onClick={() => void signOut()}>{t("account.signOut")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
