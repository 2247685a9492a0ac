/** Waits until `look` answers something, and answers that; for what a job does after its call was answered. */
export async function until<T>(look: () => Promise<T | undefined>, seconds = 45): Promise<T> {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > end) throw new Error(`nothing came within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
