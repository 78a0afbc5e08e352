import { api } from "../api/client";

/** signOut ends the session, here and at the identity provider, and leaves nothing of it on the page. */
export async function signOut(): Promise<void> {
  const { data } = await api.POST("/auth/logout");
  sessionStorage.clear();
  location.assign(data?.redirect ?? "/");
}
