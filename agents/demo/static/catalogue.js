// The searchable list: asks the API as one types, and only the newest answer counts.
const box = document.getElementById("search");
const list = document.getElementById("books");
const count = document.getElementById("count");
let asked = 0;
let timer;

async function show() {
  const mine = ++asked;
  const answer = await fetch("/api/books?q=" + encodeURIComponent(box.value));
  const books = await answer.json();
  if (mine !== asked) return;
  list.replaceChildren(...books.map(row));
  count.textContent = books.length === 1 ? "1 book" : books.length + " books";
}

function row(book) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = "/books/" + book.slug;
  link.textContent = book.title;
  item.append(link, ` by ${book.author}, ${book.price}`);
  return item;
}

box.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(show, 150);
});
show();
