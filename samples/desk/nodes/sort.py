from gen.messages_pb2 import Question, Sorted
from gen.axiom_context import AxiomContext

TOPICS = ("delivery", "refund", "tea")


def sort(ax: AxiomContext, input: Question) -> Sorted:
    """Finds out what a question is about, and how urgent it is."""
    text = input.text.lower()
    topic = next((topic for topic in TOPICS if topic in text), "something else")
    return Sorted(customer=input.customer, topic=topic, urgency=min(text.count("!"), 5))
