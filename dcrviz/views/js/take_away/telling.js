// What is said of the iteration on show, and where it is on the curves.

function verdict({ kind, severity, title, sentence }) {
  const item = document.createElement("li");
  item.className = `${severity} ${kind}`;
  const heading = document.createElement("b");
  heading.textContent = `${title}. `;
  item.append(heading, sentence);
  return item;
}

export class Telling {
  // `chosen` is called with the place of the iteration nearest to a click on a curve.
  constructor(steps, chosen) {
    this.steps = steps;
    this.words = document.querySelector("#words");
    this.list = document.querySelector("#said");
    this.slider = document.querySelector("#place");
    this.marks = [...document.querySelectorAll("#curves .mark")];
    for (const mark of this.marks)
      mark.ownerSVGElement.addEventListener("click", (event) => chosen(this.nearest(mark, event)));
  }

  show(place) {
    const { words, said } = this.steps[place];
    this.words.textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
    this.list.replaceChildren(...said.map((one) => verdict(one)));
    for (const mark of this.marks) {
      const { left, right } = this.ends(mark);
      const x = left + (place / this.most) * (right - left);
      mark.setAttribute("x1", x);
      mark.setAttribute("x2", x);
    }
  }

  // The curves have room for two iterations, also where there is one.
  get most() {
    return Math.max(1, this.steps.length - 1);
  }

  ends(mark) {
    return { left: Number(mark.dataset.left), right: Number(mark.dataset.right) };
  }

  nearest(mark, event) {
    const { left, right } = this.ends(mark);
    const svg = mark.ownerSVGElement;
    const edge = svg.getBoundingClientRect();
    const x = ((event.clientX - edge.x) / edge.width) * svg.viewBox.baseVal.width;
    return Math.round(((x - left) / (right - left)) * this.most);
  }
}
