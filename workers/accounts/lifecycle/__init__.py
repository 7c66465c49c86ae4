"""Where does a lead stand? Stages and what moves a lead through them: points, time, sales and deals."""
