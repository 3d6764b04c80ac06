// Stands in the place of the server's model of the wall: all that it would send is here already.
import { unpacked } from "./unpack.js";

export class RunModel {
  // `packed` has the text of each row by its name.
  constructor(packed, values) {
    // Nothing that was unpacked is let go of: nobody could send it again.
    Object.assign(this, { frame: new Uint8Array(0), shown: "", budget: Infinity, everywhere: true, ...values });
    Object.assign(this, { painter: "fastest", side: 300, channel: "", stale: "" });
    this.packed = packed;
    this.listeners = [];
  }

  on(name, act) {
    this.listeners.push({ name, act });
  }

  change(name, value) {
    this[name] = value;
    for (const one of this.listeners) if (one.name === name) one.act();
  }

  // Of what the wall asks a server, only which rows are visible has an answer here.
  async send_msg({ type, names }) {
    if (type !== "rows") return;
    this.wanted = names;
    await this.bring(names);
    // Somebody may have chosen others meanwhile.
    if (this.wanted !== names) return;
    this.change("plan", { ...this.plan, visible: names });
    // Limits for groups of panels that were not visible before.
    this.change("shown", this.shown);
  }

  // Unpacks rows that were not visible before.
  async bring(names) {
    const packed = names.map((name) => this.packed.get(name)).filter(Boolean);
    for (const name of names) this.packed.delete(name);
    for await (const messages of packed.map((text) => unpacked(text)))
      for (const message of messages) this.change("frame", message);
  }
}
