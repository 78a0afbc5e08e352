import { Button, Menu } from "@mantine/core";
import { Link } from "react-router";
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
        <Menu.Item component={Link} to="/account">
          {t("nav.account")}
        </Menu.Item>
        <Menu.Item component={Link} to="/tasks">
          {t("nav.tasks")}
        </Menu.Item>
        <Menu.Item onClick={() => void signOut()}>{t("account.signOut")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
