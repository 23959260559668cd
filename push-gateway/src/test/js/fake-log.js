// A fake of the gateway's resource `/v1/likes`, with a log of several partitions. A test chooses at random when it sends frames,
// how it conflates them, and when connections end. It answers messages and requests as docs/http.md describes.

/** Parses a position: `start` is -1. */
const parse = (position) => {
  const [epoch, partition, offset] = position.split('-');
  return { epoch, partition: Number(partition), offset: offset === 'start' ? -1 : Number(offset) };
};

/** The likes of all authors. A partition is an array with the author of each like. */
export class Log {
  #partitions;
  #ids = 0;
  #epochs = 0;

  constructor(partitions) {
    this.#partitions = Array.from({ length: partitions }, () => []);
  }

  /** Creates the log again, without its likes. */
  create() {
    this.#epochs++;
    this.#partitions = this.#partitions.map(() => []);
  }

  get epoch() {
    return `k3f${this.#epochs}`;
  }

  at(partition, offset) {
    return `${this.epoch}-${partition}-${offset < 0 ? 'start' : offset}`;
  }

  partition(author) {
    return author.charCodeAt(0) % this.#partitions.length;
  }

  append(author) {
    this.#partitions[this.partition(author)].push(author);
  }

  /** The last offset of a partition, or -1. */
  end(partition) {
    return this.#partitions[partition].length - 1;
  }

  /** Returns the offsets of an author's likes after one offset and up to another one. */
  offsets(author, from, to) {
    return this.#partitions[this.partition(author)].flatMap((other, offset) => (other === author && offset > from && offset <= to ? [offset] : []));
  }

  /** Returns a frame. Each has another event id, so that only positions can identify a repeated like. */
  like(author, offset) {
    const event = { id: `e-${++this.#ids}`, type: 'liked', authorId: author };
    return { kind: 'like', position: this.at(this.partition(author), offset), event };
  }

  digest(authors, from, position) {
    const partition = this.partition(authors[0]);
    const sums = authors.map((author) => ({ author, liked: this.offsets(author, from, position).length, unliked: 0, posts: [] }));
    const shown = sums.filter(({ liked }) => liked);
    const liked = shown.reduce((sum, author) => sum + author.liked, 0);
    return liked && { kind: 'digest', from: this.at(partition, from), position: this.at(partition, position), liked, unliked: 0, authors: shown };
  }

  /** Returns the start of an author by a list of positions, and its hello. */
  start(author, after) {
    const partition = this.partition(author);
    const positions = after?.split(',').map(parse).filter(({ epoch }) => epoch === this.epoch) ?? [];
    const given = positions.find((position) => position.partition === partition);
    const offset = given?.offset ?? this.end(partition);
    const position = this.at(partition, offset);
    return { offset, hello: { kind: 'hello', author, position, recovered: given !== undefined, heartbeat: 20 } };
  }

  /** Throws for a list that the gateway refuses. */
  check(authors, after) {
    const positions = after?.split(',').map(parse) ?? [];
    const partitions = positions.map(({ partition }) => partition);
    const own = new Set(authors.map((author) => this.partition(author)));
    if (authors.length === 0) throw new Error('no author');
    if (new Set(positions.map(({ epoch }) => epoch)).size > 1) throw new Error(`positions of several logs: ${after}`);
    if (new Set(partitions).size < partitions.length) throw new Error(`several positions of one partition: ${after}`);
    for (const partition of partitions) if (!own.has(partition)) throw new Error(`no author of partition ${partition}: ${authors}`);
  }

  /** Answers a poll. The instance may not have the last records yet. */
  poll({ searchParams }, random) {
    const authors = searchParams.getAll('author');
    const after = searchParams.get('after');
    this.check(authors, after);
    const starts = authors.map((author) => this.start(author, after));
    const frames = starts.map(({ hello }) => hello);
    const positions = new Map();
    let more = false;
    for (const partition of new Set(authors.map((author) => this.partition(author)))) {
      const own = authors.filter((author) => this.partition(author) === partition);
      const { offset: from } = this.start(own[0], after);
      let to = Math.max(from, this.end(partition) - Math.floor(random() * 3));
      const offsets = own.flatMap((author) => this.offsets(author, from, to)).sort((a, b) => a - b);
      if (offsets.length > 2 && random() < 0.5) [to, more] = [offsets[1], true];
      const wait = searchParams.get('wait');
      if (wait && searchParams.get('digest') && random() < 0.7) {
        const digest = this.digest(own, from, to);
        if (digest) frames.push(digest);
      } else {
        for (const offset of offsets) if (offset <= to) frames.push(this.like(this.#partitions[partition][offset], offset));
      }
      positions.set(partition, this.at(partition, to));
    }
    const recovered = starts.every(({ hello }) => hello.recovered);
    return { frames, position: [...positions.values()].join(), more, recovered };
  }
}

/** One WebSocket of a stream, as the gateway has it. */
export class Connection {
  #log;
  #socket;
  #random;
  #authors = new Map(); // the offset of each that is apart, or null
  #shared = new Map(); // by partition
  #answered = 0;

  constructor(log, socket, random) {
    this.#log = log;
    this.#socket = socket;
    this.#random = random;
  }

  /** Sends the hellos. `ends` limits them: the connection ends in between. */
  async accept(ends = Infinity) {
    const { searchParams } = this.#socket.url;
    const authors = searchParams.getAll('author');
    const after = searchParams.get('after');
    this.#log.check(authors, after);
    const starts = new Map(authors.map((author) => [this.#log.partition(author), this.#log.start(author, after)]));
    for (const author of authors.slice(0, ends)) {
      this.#shared.set(this.#log.partition(author), starts.get(this.#log.partition(author)).offset);
      this.#authors.set(author, null);
      await this.#send({ ...starts.get(this.#log.partition(author)).hello, author });
    }
  }

  /** Answers the next message, if there is one. */
  async answer() {
    const message = this.#socket.sent[this.#answered];
    if (!message || this.#socket.isOver) return;
    this.#answered++;
    const { kind, author, after } = message;
    if (kind === 'unfollow') {
      if (!this.#authors.has(author)) return this.#send({ kind: 'refused', author, problem: { status: 400, detail: 'Not followed.' } });
      const partition = this.#log.partition(author);
      await this.#flush(author);
      const offset = this.#authors.get(author) ?? this.#shared.get(partition);
      this.#authors.delete(author);
      if (!this.#joined(partition).length) this.#shared.delete(partition);
      return this.#send({ kind: 'unfollowed', author, position: this.#log.at(partition, offset) });
    }
    if (this.#authors.has(author)) throw new Error(`followed already: ${author}`);
    if (this.#random() < 0.1) return this.#send({ kind: 'refused', author, problem: { status: 503, detail: 'Full.' } });
    const { offset, hello } = this.#log.start(author, after);
    this.#authors.set(author, offset);
    await this.#send(hello);
    await this.#join(author);
  }

  /** Sends the next frames of a partition, or of an author that is apart. */
  async advance() {
    const apart = [...this.#authors].filter(([, offset]) => offset !== null).map(([author]) => author);
    const cursors = [...this.#shared.keys(), ...apart];
    if (!cursors.length || this.#socket.isOver) return;
    const cursor = cursors[Math.floor(this.#random() * cursors.length)];
    if (typeof cursor === 'string') await this.#advanceAuthor(cursor);
    else await this.#advancePartition(cursor, this.#random() < 0.5);
    for (const author of apart) await this.#join(author);
  }

  async heartbeat() {
    const positions = [...this.#shared].map(([partition, offset]) => this.#log.at(partition, offset));
    if (positions.length && !this.#socket.isOver) await this.#send({ kind: 'position', position: positions.join() });
  }

  /** Sends everything. */
  async settle() {
    for (let i = 0; i < 1000 && !this.#socket.isOver; i++) {
      await this.answer();
      await this.advance();
    }
  }

  #joined(partition) {
    return [...this.#authors].filter(([author, offset]) => offset === null && this.#log.partition(author) === partition).map(([author]) => author);
  }

  async #advancePartition(partition, isDigest) {
    const from = this.#shared.get(partition);
    const to = Math.min(this.#log.end(partition), from + (isDigest ? 3 : 1));
    const authors = this.#joined(partition);
    this.#shared.set(partition, to);
    if (!authors.length || to === from) return;
    if (isDigest) await this.#sendIf(this.#log.digest(authors, from, to));
    else for (const author of authors) for (const offset of this.#log.offsets(author, from, to)) await this.#send(this.#log.like(author, offset));
  }

  async #advanceAuthor(author) {
    const partition = this.#log.partition(author);
    const from = this.#authors.get(author);
    const shared = this.#shared.get(partition) ?? Infinity;
    const limit = from < shared ? Math.min(shared, this.#log.end(partition)) : from;
    const to = Math.min(limit, from + 2);
    if (to <= from) return;
    this.#authors.set(author, to);
    if (this.#random() < 0.5) await this.#sendIf(this.#log.digest([author], from, to));
    else for (const offset of this.#log.offsets(author, from, to)) await this.#send(this.#log.like(author, offset));
  }

  /** Lets an author join if its cursor and that of its partition are at the same offset, or if it is alone. */
  async #join(author) {
    const partition = this.#log.partition(author);
    const offset = this.#authors.get(author);
    if (offset === undefined || offset === null) return;
    if (!this.#joined(partition).length) this.#shared.set(partition, offset);
    if (this.#shared.get(partition) !== offset) return;
    this.#authors.set(author, null);
    await this.#send({ kind: 'position', author, position: this.#log.at(partition, offset) });
  }

  async #flush(author) {
    if (this.#authors.get(author) !== null) return this.#advanceAuthor(author);
    await this.#advancePartition(this.#log.partition(author), true);
  }

  #sendIf(frame) {
    return frame ? this.#send(frame) : undefined;
  }

  #send(frame) {
    return this.#socket.isOver ? undefined : this.#socket.receive(frame);
  }
}
