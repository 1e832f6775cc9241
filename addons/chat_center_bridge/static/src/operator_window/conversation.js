/**
 * One of the operator's doors of a conversation; what was spent on it is told before.
 *
 * @param {import("models").Thread} thread
 * @param {string} method of discuss.channel
 * @param {Object} [values] its arguments by name
 */
export async function callConversation(thread, method, values = {}) {
    const { orm, "chat_center.focus": focus } = thread.store.env.services;
    // notes are written by who still has it
    await thread.chatNotesKept;
    await focus.tell();
    return orm.call("discuss.channel", method, [[thread.id]], values);
}
