import { api } from "../api/client";

/** signOut ends the session and leaves nothing of it on the page. */
export async function signOut(): Promise<void> {
  await api.POST("/auth/logout");
  location.assign("/");
}
