// A worker that does all that `scanner.js` does, but scan.

export default {
  async fetch(request) {
    return new Response(String((await request.text()).length));
  },
  test() {},
};
