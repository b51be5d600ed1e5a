import { type Environment, type HostProcess, spawnHost } from '../spawn-host.ts'

/** Some replicas of the host, of which any may die at any moment. */
export class Hosts {
  /** What the first one has said: the only one that finds nobody there. */
  readonly greeting: string
  kills = 0
  readonly #env: Environment
  #hosts: readonly HostProcess[]
  #turn = 0

  private constructor(env: Environment, hosts: readonly HostProcess[]) {
    this.#env = env
    this.#hosts = hosts
    this.greeting = hosts[0]?.stdout ?? ''
  }

  static async start(env: Environment, count: number): Promise<Hosts> {
    const hosts: HostProcess[] = []
    // The first one prepares the database and the secrets.
    while (hosts.length < count) hosts.push(await spawnHost(env))
    return new Hosts(env, hosts)
  }

  /** Those that are there, as far as anybody knows. */
  urls(): readonly string[] {
    return this.#hosts.map(({ url }) => url)
  }

  /** Another one each time. */
  url(): string {
    const urls = this.urls()
    return urls[this.#turn++ % urls.length] ?? ''
  }

  /** `kill -9` for one of them in the middle of whatever it does, and another takes its place. */
  async killOne(): Promise<void> {
    const victim = this.#hosts[Math.floor(Math.random() * this.#hosts.length)]
    if (victim === undefined) return
    this.kills++
    const gone = victim.end('SIGKILL')
    this.#hosts = this.#hosts.filter((host) => host !== victim)
    await gone
    this.#hosts = [...this.#hosts, await spawnHost(this.#env)]
  }

  /** What they had to complain of. */
  complaints(): string {
    return this.#hosts.map(({ stderr }) => stderr.split('\n').slice(-5).join('\n')).join('\n')
  }

  async end(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.end()))
  }
}
