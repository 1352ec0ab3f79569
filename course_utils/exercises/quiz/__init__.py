"""The concept quiz: questions, answers as one line, and what has changed between two lines."""

from course_utils.exercises.quiz.answers import Answers, answers_in, tally
from course_utils.exercises.quiz.comparison import compare
from course_utils.exercises.quiz.questions import LETTERS, QUESTIONS, Belief, Question
from course_utils.exercises.quiz.sheet import questions

__all__ = ["LETTERS", "QUESTIONS", "Answers", "Belief", "Question", "answers_in", "compare", "questions", "tally"]
